// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonValue;

/** A product with hooks, in a network of its own, and what its hooks wrote down. */
public final class HookHome implements AutoCloseable {
  private final Namespace namespace;
  private final SluiceProcess sluice;
  private final Path notes;
  private int owner;

  private HookHome(Namespace namespace, SluiceProcess sluice) throws IOException {
    this.namespace = namespace;
    this.sluice = sluice;
    notes = Files.createTempDirectory("sluice-notes-");
    Files.setPosixFilePermissions(notes, PosixFilePermissions.fromString("rwxrwxrwx"));
    Files.setPosixFilePermissions(sluice.home(), PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** With a pair of links, {@code left} and {@code right}, that are down; nothing runs yet. */
  public static HookHome prepare() throws Exception {
    Namespace namespace = Namespace.create();
    HookHome home = new HookHome(namespace, SluiceProcess.prepare().under(namespace.prefix()));
    namespace.ip("link add left type veth peer right");
    return home;
  }

  /** The process will be of this user, with one capability, in the manner of a service. */
  public static HookHome prepareAs(int user, String capability) throws Exception {
    Namespace namespace = Namespace.create();
    List<String> prefix = new ArrayList<>(List.of(namespace.prefix()));
    String only = "-all,+" + capability;
    prefix.addAll(
        List.of(
            "setpriv",
            "--reuid=" + user,
            "--regid=" + user,
            "--clear-groups",
            "--inh-caps=" + only,
            "--ambient-caps=" + only,
            "--bounding-set=" + only,
            "--"));
    HookHome home =
        new HookHome(namespace, SluiceProcess.prepare().under(prefix.toArray(String[]::new)));
    home.owner = user;
    namespace.ip("link add left type veth peer right");
    return home;
  }

  /** Starts the product; its picture of the network and its hooks are there afterwards. */
  public HookHome launch() throws Exception {
    if (owner != 0) {
      try (var tree = Files.walk(sluice.home())) {
        for (Path path : tree.toList()) {
          Files.setAttribute(path, "unix:uid", owner);
        }
      }
    }
    sluice.launch();
    sluice.awaitTrue(
        "the kernel's picture",
        () -> sluice.command("link:sources").out().matches("(?s).*kernel +LIVE.*"));
    sluice.awaitTrue("the hooks", () -> sluice.command("hooks:list").exit() == 0);
    return this;
  }

  /** The network it runs in. */
  public Namespace namespace() {
    return namespace;
  }

  /** The product. */
  public SluiceProcess sluice() {
    return sluice;
  }

  /** Where hooks may write. */
  public Path notes() {
    return notes;
  }

  /** Where its hooks are looked for. */
  public Path folder() {
    return sluice.home().resolve("hooks.d");
  }

  /** Puts a shell script in place, whole from the beginning. */
  public Path hook(String name, String script) throws IOException {
    return script(folder().resolve(name), script);
  }

  /** Puts a shell script anywhere, whole from the beginning. */
  public Path script(Path file, String script) throws IOException {
    folders(java.util.Objects.requireNonNull(file.getParent()));
    Path beside = file.resolveSibling("." + file.getFileName() + ".tmp");
    Files.writeString(beside, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(beside, PosixFilePermissions.fromString("rwxr-xr-x"));
    return Files.move(beside, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
  }

  private static void folders(Path folder) throws IOException {
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /** A script that appends a line of words to a file. */
  public String note(String file, String words) {
    return "echo \"" + words + "\" >> " + notes.resolve(file);
  }

  /** A script that writes its environment and its input down, at once. */
  public String dump(String file) {
    Path to = notes.resolve(file);
    return "env -0 > "
        + to
        + ".env.tmp; cat > "
        + to
        + ".json; mv "
        + to
        + ".env.tmp "
        + to
        + ".env";
  }

  /** What is noted in a file so far. */
  public List<String> lines(String file) throws IOException {
    Path path = notes.resolve(file);
    return Files.exists(path) ? Files.readAllLines(path) : List.of();
  }

  /** Waits until as many lines are noted. */
  public List<String> awaitLines(String file, int count) throws Exception {
    return sluice.await(
        count + " lines in " + file,
        () -> {
          List<String> lines = lines(file);
          return lines.size() >= count ? lines : null;
        });
  }

  /** What {@link #dump} wrote. */
  public Map<String, String> environment(String file) throws Exception {
    Path path = notes.resolve(file + ".env");
    sluice.awaitTrue("the environment in " + path, () -> Files.exists(path));
    Map<String, String> all = new TreeMap<>();
    for (String line : Files.readString(path).split("\0", -1)) {
      if (line.contains("=")) {
        all.put(line.substring(0, line.indexOf('=')), line.substring(line.indexOf('=') + 1));
      }
    }
    return all;
  }

  /** What a hook that {@link #dump dumps} was told on its standard input. */
  public String input(String file) throws IOException {
    return Files.readString(notes.resolve(file + ".json"));
  }

  /** The runs that are remembered. */
  public List<JsonValue> log() {
    return rows("hooks:log");
  }

  /** What a command answers as JSON. */
  public List<JsonValue> rows(String command) {
    SluiceProcess.Answer answer = sluice.command(command, "--json");
    if (answer.exit() != 0) {
      throw new AssertionError(answer.toString());
    }
    return Namespace.items(answer.json());
  }

  /** Runs of one hook, as one of their columns. */
  public List<String> log(String hook, String column) {
    List<String> found = new ArrayList<>();
    for (JsonValue run : log()) {
      if (Namespace.text(run, "hook").equals(hook)) {
        found.add(Namespace.text(run, column));
      }
    }
    return found;
  }

  /** Saved, and in force. */
  public void config(String pid, String text) throws Exception {
    sluice.config(pid, text);
    sluice.awaitTrue(
        pid + " to be in force",
        () -> {
          JsonValue status = sluice.command("config:status", "--json").json();
          return Namespace.text(status, "current").equals("true")
              && Namespace.items(Namespace.member(status, "files")).stream()
                  .anyMatch(
                      file ->
                          Namespace.text(file, "pid").equals(pid)
                              && Namespace.text(file, "state").equals("in force"));
        });
  }

  @Override
  public void close() throws IOException {
    sluice.close();
    namespace.close();
    try (var tree = Files.walk(notes)) {
      tree.sorted(java.util.Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    } catch (UncheckedIOException e) {
      // A hook that began when the product was killed may still write.
      System.getLogger("itest").log(System.Logger.Level.WARNING, "removing " + notes, e);
    }
  }
}
