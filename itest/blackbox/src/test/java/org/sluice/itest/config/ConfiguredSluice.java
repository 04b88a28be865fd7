// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonValue;

/** A running Sluice with the probe in it, and words for what its configuration does. */
final class ConfiguredSluice implements AutoCloseable {
  static final String ALPHA = "org.sluice.itest.alpha";
  static final String BETA = "org.sluice.itest.beta";
  static final String GAMMA = "org.sluice.itest.gamma";
  static final String IDLE = "org.sluice.itest.idle";
  static final String ILL = "org.sluice.itest.ill";
  static final String RULE = "org.sluice.itest.rule";

  private final SluiceProcess sluice;

  private ConfiguredSluice(SluiceProcess sluice) {
    this.sluice = sluice;
  }

  static ConfiguredSluice start() throws Exception {
    SluiceProcess sluice = SluiceProcess.prepare();
    ConfiguredSluice configured = new ConfiguredSluice(sluice);
    try {
      sluice.drop("probe.jar", Probe.jar());
      configured.launch();
    } catch (Throwable e) {
      sluice.close();
      throw e;
    }
    return configured;
  }

  /** Starts the process, again if need be, and waits for the probe. */
  ConfiguredSluice launch() throws Exception {
    sluice.launch();
    sluice.awaitTrue("the probe", () -> seen("gamma") != null);
    return this;
  }

  SluiceProcess process() {
    return sluice;
  }

  /**
   * What {@code config:status} tells.
   *
   * @param trying whether files are in force on probation
   */
  record Status(long inForce, boolean current, boolean trying, List<Problem> problems) {
    boolean tells(String... words) {
      return problems.stream()
          .anyMatch(p -> List.of(words).stream().allMatch(w -> p.toString().contains(w)));
    }
  }

  record Problem(
      String severity,
      String file,
      long line,
      long column,
      String key,
      String text,
      String remedy) {}

  Status status() {
    SluiceProcess.Answer answer = sluice.command("config:status", "--json");
    assertEquals(0, answer.exit(), answer::toString);
    JsonValue.Obj root = (JsonValue.Obj) answer.json();
    List<Problem> problems = new ArrayList<>();
    for (JsonValue item : ((JsonValue.Arr) member(root, "problems")).items()) {
      problems.add(problem((JsonValue.Obj) item));
    }
    boolean trying = false;
    for (JsonValue item : ((JsonValue.Arr) member(root, "files")).items()) {
      trying |= text((JsonValue.Obj) item, "state").contains("on probation");
    }
    return new Status(
        number(root, "inForce"),
        ((JsonValue.Bool) member(root, "current")).value(),
        trying,
        List.copyOf(problems));
  }

  static Problem problem(JsonValue.Obj p) {
    return new Problem(
        text(p, "severity"),
        text(p, "file"),
        number(p, "line"),
        number(p, "column"),
        text(p, "key"),
        text(p, "text"),
        text(p, "remedy"));
  }

  /** What {@code probe:seen} tells of one component. */
  record Seen(long made, long modified, String first, String values) {}

  @Nullable Seen seen(String name) {
    SluiceProcess.Answer answer = sluice.command("probe:seen", "--json");
    if (answer.exit() != 0) {
      return null;
    }
    for (JsonValue item : ((JsonValue.Arr) answer.json()).items()) {
      JsonValue.Obj seen = (JsonValue.Obj) item;
      if (text(seen, "name").equals(name)) {
        return new Seen(
            number(seen, "made"),
            number(seen, "modified"),
            text(seen, "first"),
            text(seen, "values"));
      }
    }
    return null;
  }

  Seen must(String name) {
    return Objects.requireNonNull(seen(name), name + " was never made");
  }

  String values(String name) {
    Seen seen = seen(name);
    return seen == null ? "" : seen.values();
  }

  /**
   * Waits until the values of a component begin so. That something was taken back is told even when
   * a component is slow to take its old values.
   */
  void awaitValues(String name, String begin) throws Exception {
    sluice.awaitTrue(name + " to be " + begin, () -> values(name).startsWith(begin));
  }

  /** One line of {@code config:log}. */
  record Generation(long number, String state, String origin) {}

  List<Generation> log() {
    List<Generation> log = new ArrayList<>();
    for (JsonValue item : ((JsonValue.Arr) sluice.command("config:log", "--json").json()).items()) {
      JsonValue.Obj g = (JsonValue.Obj) item;
      log.add(new Generation(number(g, "number"), text(g, "state"), text(g, "origin")));
    }
    return log;
  }

  void save(String pid, String text) throws IOException {
    sluice.config(pid, text);
  }

  /** Saves what is good, and waits until it is in force and kept. */
  long saveGood(String pid, String text) throws Exception {
    save(pid, text);
    return filesKept();
  }

  /**
   * Waits until the files are in force and kept. A component has its new values before that: they
   * are in force when all have them.
   */
  long filesKept() throws Exception {
    sluice.awaitTrue(
        "the files to be in force",
        () -> {
          Status status = status();
          return status.current() && status.problems().isEmpty();
        });
    return status().inForce() == 0 ? 0 : kept();
  }

  /**
   * Waits until the generation in force has proved good. The log has it a moment before everything
   * that belongs to it is on the disk.
   */
  long kept() throws Exception {
    return sluice.await(
        "the generation in force to be kept",
        () -> {
          Status status = status();
          long inForce = status.inForce();
          boolean committed =
              log().stream().anyMatch(g -> g.number() == inForce && g.state().equals("COMMITTED"));
          return committed && !status.trying() ? inForce : null;
        });
  }

  /** Waits until a problem is told that has all these words in it. */
  Status refused(String... words) throws Exception {
    return sluice.await(
        "a problem with " + List.of(words),
        () -> {
          Status status = status();
          return status.tells(words) ? status : null;
        });
  }

  /** Removes all files, so that the next test begins with nothing, and waits for it. */
  void clear() throws Exception {
    only(Map.of());
  }

  /**
   * Makes these the only files, and waits until they are in force and kept. Costs nothing when they
   * are already.
   *
   * @param files texts by PID
   * @return the generation in force
   */
  long only(Map<String, String> files) throws Exception {
    try (var present = Files.newDirectoryStream(sluice.configs())) {
      for (var file : present) {
        String name = file.getFileName().toString();
        if (!files.containsKey(name.replace(".cfg.json", ""))) {
          Files.delete(file);
        }
      }
    }
    for (var file : files.entrySet()) {
      save(file.getKey(), file.getValue());
    }
    return filesKept();
  }

  static JsonValue member(JsonValue.Obj object, String name) {
    JsonValue value = object.get(name);
    if (value == null) {
      throw new AssertionError("no " + name + " in " + object);
    }
    return value;
  }

  static String text(JsonValue.Obj object, String name) {
    return ((JsonValue.Str) member(object, name)).value();
  }

  static long number(JsonValue.Obj object, String name) {
    return ((JsonValue.Num) member(object, name)).value().longValueExact();
  }

  @Override
  public void close() {
    sluice.close();
  }
}
