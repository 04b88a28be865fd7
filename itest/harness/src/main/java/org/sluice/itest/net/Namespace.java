// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.net;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** A network of its own, so that the one of the host stays as it is. Closing it takes it away. */
public final class Namespace implements AutoCloseable {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name;

  private Namespace(String name) {
    this.name = name;
  }

  /** Skips the test where no namespace can be made. */
  public static Namespace create() throws Exception {
    assumeTrue(
        (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
        "making a network namespace needs root");
    assumeTrue(run("", "ip", "-V").exit() == 0, "the tool ip (package iproute2) is missing");
    String name = "slt" + ProcessHandle.current().pid() + "x" + COUNT.incrementAndGet();
    Ran made = run("", "ip", "netns", "add", name);
    assumeTrue(made.exit() == 0, () -> "no network namespace can be made here: " + made.out());
    Namespace namespace = new Namespace(name);
    namespace.ip("link set lo up");
    return namespace;
  }

  /** As {@code ip} knows it. */
  public String name() {
    return name;
  }

  /** What is put before a command to run it here. */
  public String[] prefix() {
    return new String[] {"ip", "netns", "exec", name};
  }

  /** Runs {@code ip} with words that are separated by spaces. */
  public String ip(String words) throws Exception {
    return ip(words.split(" "));
  }

  /** Runs {@code ip} with words that may hold spaces. */
  public String ip(String[] words) throws Exception {
    List<String> command = new ArrayList<>(List.of("ip", "-n", name));
    command.addAll(List.of(words));
    return must(run("", command.toArray(String[]::new)), command);
  }

  /** Runs many lines of {@code ip} in one process, as fast as it goes. */
  public void batch(List<String> lines) throws Exception {
    List<String> command = List.of("ip", "-n", name, "-batch", "-");
    must(run(String.join("\n", lines) + "\n", command.toArray(String[]::new)), command);
  }

  /** Runs a command here that must do, and tells what it printed. */
  public String exec(String... words) throws Exception {
    List<String> command = new ArrayList<>(List.of(prefix()));
    command.addAll(List.of(words));
    return must(run("", command.toArray(String[]::new)), command);
  }

  /** What is answered over HTTP; waits until somebody listens. */
  public String get(SluiceProcess sluice, String path) throws Exception {
    return exec(
        "curl",
        "-s",
        "--retry",
        "100",
        "--retry-delay",
        "1",
        "--retry-connrefused",
        "http://127.0.0.1:" + sluice.port() + path);
  }

  /**
   * Waits for a text in what is answered over HTTP: the shell is there before every resource is.
   */
  public void awaitGet(SluiceProcess sluice, String path, String text) throws Exception {
    sluice.awaitTrue(text + " at " + path, () -> get(sluice, path).contains(text));
  }

  /** Starts a command here. */
  public Process spawn(String... words) throws IOException {
    List<String> command = new ArrayList<>(List.of(prefix()));
    command.addAll(List.of(words));
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  /** Links as {@code ip} tells them, one line each. */
  public Set<String> links() throws Exception {
    Set<String> rows = new TreeSet<>();
    for (JsonValue link : items(ip("-j link"))) {
      rows.add(
          "%s %s mtu %s %s up=%s %s"
              .formatted(
                  text(link, "ifindex"),
                  text(link, "ifname"),
                  text(link, "mtu"),
                  text(link, "operstate"),
                  items(member(link, "flags")).stream().anyMatch(f -> text(f).equals("UP")),
                  text(link, "address")));
    }
    return rows;
  }

  /** Addresses as {@code ip} tells them, one line each. */
  public Set<String> addresses() throws Exception {
    Set<String> rows = new TreeSet<>();
    for (JsonValue link : items(ip("-j addr"))) {
      for (JsonValue address : items(member(link, "addr_info"))) {
        rows.add(
            "%s %s/%s %s"
                .formatted(
                    text(link, "ifname"),
                    text(address, "local"),
                    text(address, "prefixlen"),
                    text(address, "scope")));
      }
    }
    return rows;
  }

  /** Routes of the main table as {@code ip} tells them, one line each. */
  public Set<String> routes() throws Exception {
    Set<String> rows = new TreeSet<>();
    for (String family : List.of("-4", "-6")) {
      for (JsonValue route : items(ip("-j " + family + " route show table main"))) {
        rows.add(
            "%s dev %s via %s metric %s"
                .formatted(
                    text(route, "dst").equals("default")
                        ? (family.equals("-4") ? "0.0.0.0/0" : "::/0")
                        : withLength(text(route, "dst"), family),
                    text(route, "dev"),
                    text(route, "gateway"),
                    text(route, "metric").isEmpty() ? "0" : text(route, "metric")));
      }
    }
    return rows;
  }

  /** Rules as {@code ip} tells them, one line each. */
  public Set<String> rules() throws Exception {
    Set<String> rows = new TreeSet<>();
    for (String family : List.of("-4", "-6")) {
      for (String line : ip(family + " rule").lines().toList()) {
        rows.add(
            family
                + " "
                + line.strip().replace('\t', ' ').replace(" [detached]", "").replace("udp", "17"));
      }
    }
    return rows;
  }

  private static String withLength(String destination, String family) {
    return destination.contains("/")
        ? destination
        : destination + (family.equals("-4") ? "/32" : "/128");
  }

  /** One line of a stream that was printed as JSON. */
  public static JsonValue json(String line) {
    try {
      return JsonReader.read(line);
    } catch (JsonException e) {
      throw new AssertionError("not JSON: " + line, e);
    }
  }

  /** The items of a list that was printed as JSON; none when nothing was. */
  public static List<JsonValue> items(String json) throws JsonException {
    return json.isBlank() ? List.of() : items(JsonReader.read(json));
  }

  /** The items of a list; none when it is none. */
  public static List<JsonValue> items(JsonValue value) {
    return value instanceof JsonValue.Arr list ? list.items() : List.of();
  }

  /** A member of an object; null, as JSON has it, when there is none. */
  public static JsonValue member(JsonValue of, String name) {
    JsonValue value = of instanceof JsonValue.Obj object ? object.get(name) : null;
    return value == null ? new JsonValue.Null(of.place()) : value;
  }

  /** A member of an object as text. */
  public static String text(JsonValue of, String name) {
    return text(member(of, name));
  }

  /** A value as text; empty when it has parts, or is null. */
  public static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Str text -> text.value();
      case JsonValue.Num number -> number.value().toPlainString();
      case JsonValue.Bool bool -> Boolean.toString(bool.value());
      default -> "";
    };
  }

  private record Ran(int exit, String out) {}

  private static String must(Ran ran, List<String> command) {
    if (ran.exit() != 0) {
      throw new IllegalStateException(command + " ended with " + ran.exit() + ": " + ran.out());
    }
    return ran.out();
  }

  private static Ran run(String input, String... command) throws IOException {
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      return new Ran(127, e.toString());
    }
    try (var to = process.getOutputStream()) {
      to.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    try {
      if (!process.waitFor(120, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        return new Ran(124, out);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return new Ran(130, out);
    }
    return new Ran(process.exitValue(), out);
  }

  @Override
  public void close() throws IOException {
    must(run("", "ip", "netns", "del", name), List.of("ip", "netns", "del", name));
  }
}
