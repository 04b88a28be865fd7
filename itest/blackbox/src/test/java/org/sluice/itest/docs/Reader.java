// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.sluice.itest.SluiceProcess;

/**
 * Somebody who follows a page at a terminal: one bash for the whole page, in a folder that looks
 * like a checkout, with the distribution as it is built behind {@code ./sluice}.
 */
final class Reader implements AutoCloseable {
  private static final Pattern RUN = Pattern.compile("^\\./sluice (?:--\\S+ \\S+ )*run\\b[^&|;]*$");
  private static final Pattern ASKED_AGAIN =
      Pattern.compile(
          "^(?:sleep \\d+; )?(?:\\./sluice (?:--\\S+ \\S+ )*[\\w]+:[\\w-]+\\b|curl ).*",
          Pattern.DOTALL);
  private static final Pattern ADDRESS = Pattern.compile("(127\\.0\\.0\\.1|localhost):(\\d{4,5})");
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Duration START = Duration.ofMinutes(2);
  private static final Duration COMMAND = Duration.ofMinutes(3);

  private final Path folder;
  private final LocalRepository repository;
  private final Process bash;
  private final BufferedWriter to;
  private final BufferedReader from;
  private final Map<String, String> ports = new LinkedHashMap<>();
  private final List<Process> runs = new ArrayList<>();
  private int counter;

  Reader() throws IOException {
    folder = Files.createTempDirectory("reader-");
    repository = new LocalRepository();
    Files.createDirectory(folder.resolve(".tools"));
    for (String name : List.of("examples", "docs", "configs")) {
      copy(SluiceProcess.ROOT.resolve(name), folder.resolve(name));
    }
    // The examples find the published interfaces where a checkout has them after its first build.
    Files.createDirectories(folder.resolve("runtime/target"));
    Files.createSymbolicLink(
        folder.resolve("runtime/target/dist"), SluiceProcess.DIST.toRealPath());
    Path sluice = folder.resolve("sluice");
    Files.writeString(
        sluice,
        """
        #!/bin/bash
        export SLUICE_HOME="${SLUICE_HOME:-%s}"
        exec "%s" "$@"
        """
            .formatted(
                folder.resolve(".sluice/home"),
                SluiceProcess.DIST.resolve("bin/sluice").toRealPath()));
    Files.setPosixFilePermissions(sluice, PosixFilePermissions.fromString("rwxr-xr-x"));
    ProcessBuilder builder =
        new ProcessBuilder("bash", "--noprofile", "--norc")
            .directory(folder.toFile())
            .redirectErrorStream(true);
    Map<String, String> environment = builder.environment();
    environment.put("JAVA_HOME", System.getProperty("java.home"));
    environment.put("LC_ALL", "C.UTF-8");
    environment.put("MAVEN_OPTS", "-Dmaven.repo.local=" + repository.view());
    environment.remove("SLUICE_HOME");
    bash = builder.start();
    to = bash.outputWriter(StandardCharsets.UTF_8);
    from = bash.inputReader(StandardCharsets.UTF_8);
  }

  /** Whether a step starts the product. */
  static boolean starts(Page.Step step) {
    return RUN.matcher(step.command()).matches();
  }

  /** What one command wrote, with the ports as on the page. */
  record Answer(String output, int exit) {}

  /** Follows one step; empty when it went as the page says, else what went wrong. */
  String follow(Page.Step step) throws Exception {
    if (starts(step)) {
      return run(step);
    }
    Expectation expectation = new Expectation(step.expected());
    long end = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      Answer answer = execute(step.command());
      var mismatch = expectation.mismatch(answer.output());
      if (mismatch.isEmpty() && answer.exit() == 0) {
        return "";
      }
      if (!ASKED_AGAIN.matcher(step.command()).matches() || System.nanoTime() > end) {
        return difference(step, answer, mismatch.orElse(-1));
      }
      Thread.sleep(250);
    }
  }

  /** {@code ./sluice run}, in a terminal of its own; {@code ^C} on the page ends it. */
  private String run(Page.Step step) throws Exception {
    Expectation expectation =
        new Expectation(step.expected().stream().filter(line -> !line.equals("^C")).toList());
    Path log = folder.resolve(".tools/run-" + runs.size() + ".log");
    Process process = start(step, log);
    runs.add(process);
    long end = System.nanoTime() + START.toNanos();
    while (true) {
      Answer answer = new Answer(inward(Files.readString(log)), 0);
      var mismatch = expectation.mismatch(answer.output());
      if (mismatch.isEmpty()) {
        if (step.expected().contains("^C")) {
          stop(process);
        }
        return "";
      }
      if (!process.isAlive() || System.nanoTime() > end) {
        return difference(step, answer, mismatch.get());
      }
      Thread.sleep(250);
    }
  }

  private static String difference(Page.Step step, Answer answer, int mismatch) {
    StringBuilder text = new StringBuilder();
    text.append("line ")
        .append(mismatch < 0 ? step.line() : step.expectedLine() + mismatch)
        .append(": $ ")
        .append(step.command())
        .append('\n');
    if (answer.exit() != 0) {
      text.append("ended with exit code ").append(answer.exit()).append('\n');
    }
    for (int i = 0; i < step.expected().size(); i++) {
      text.append(i == mismatch ? "page >> " : "page |  ")
          .append(step.expected().get(i))
          .append('\n');
    }
    if (mismatch == step.expected().size()) {
      text.append("page >> (nothing more)\n");
    }
    answer.output().lines().forEach(line -> text.append("here |  ").append(line).append('\n'));
    return text.toString();
  }

  private Answer execute(String command) throws Exception {
    Path script = folder.resolve(".tools/step-" + ++counter);
    Files.writeString(script, outward(command) + "\n");
    String mark = "--- end of step " + counter + " " + System.nanoTime() + " ";
    to.write("{ source " + script + "; } </dev/null 2>&1; printf '\\n%s%s\\n' '" + mark + "' $?\n");
    to.flush();
    StringBuilder output = new StringBuilder();
    Thread guard = guard();
    try {
      String line;
      while ((line = from.readLine()) != null) {
        if (line.startsWith(mark)) {
          int exit = Integer.parseInt(line.substring(mark.length()).strip());
          return new Answer(inward(output.toString()), exit);
        }
        output.append(line).append('\n');
      }
    } finally {
      guard.interrupt();
      guard.join();
    }
    throw new AssertionError("the shell ended, or took too long, in: " + command + "\n" + output);
  }

  /** A command that never returns must not stop the whole test. */
  private Thread guard() {
    return Thread.ofPlatform()
        .name("itest/reader-guard")
        .daemon()
        .start(
            () -> {
              try {
                Thread.sleep(COMMAND);
                bash.descendants().forEach(ProcessHandle::destroyForcibly);
                bash.destroyForcibly();
              } catch (InterruptedException e) {
                // the command returned in time
              }
            });
  }

  private Process start(Page.Step step, Path log) throws Exception {
    String command = step.command();
    if (!command.contains("--http")) {
      command += " --http 127.0.0.1:9090";
    }
    // In the folder and the environment that the page has reached.
    Path where = folder.resolve(".tools/where");
    execute("{ pwd; export -p; } > " + where);
    List<String> state = Files.readAllLines(where);
    Path script = folder.resolve(".tools/run-" + runs.size());
    Files.writeString(
        script,
        String.join("\n", state.subList(1, state.size()))
            + "\ncd '"
            + state.getFirst()
            + "'\nexec "
            + outward(command)
            + "\n");
    return new ProcessBuilder("bash", "--noprofile", "--norc", script.toString())
        .redirectErrorStream(true)
        .redirectInput(Path.of("/dev/null").toFile())
        .redirectOutput(log.toFile())
        .start();
  }

  /** Starts the product for a page that says it is running. */
  void startRunning() throws Exception {
    String problem =
        follow(new Page.Step(0, "./sluice run", 0, List.of("…", "…sluice is up…", "…")));
    if (!problem.isEmpty()) {
      throw new AssertionError(problem);
    }
  }

  /** The ports of a page are taken on a busy machine: each becomes a free one. */
  private String outward(String command) throws IOException {
    Matcher matcher = ADDRESS.matcher(command);
    StringBuilder text = new StringBuilder();
    while (matcher.find()) {
      String port = matcher.group(2);
      if (!ports.containsKey(port)) {
        ports.put(port, Integer.toString(SluiceProcess.freePort()));
      }
      matcher.appendReplacement(text, "127.0.0.1:" + ports.get(port));
    }
    return matcher.appendTail(text).toString();
  }

  private String inward(String output) {
    String text = output;
    for (Map.Entry<String, String> port : ports.entrySet()) {
      text = text.replaceAll(":" + port.getValue() + "\\b", ":" + port.getKey());
    }
    return text;
  }

  private static void stop(Process process) throws InterruptedException {
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
      throw new AssertionError("it did not end on SIGTERM");
    }
  }

  private static void copy(Path what, Path where) throws IOException {
    if (!Files.isDirectory(what)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(what)) {
      for (Path path :
          tree.filter(p -> !what.relativize(p).toString().contains("target")).toList()) {
        Files.copy(path, where.resolve(what.relativize(path).toString()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    List<Process> left = new ArrayList<>(runs);
    left.add(bash);
    for (Process process : left) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly().onExit().join();
    }
    try (Stream<Path> tree = Files.walk(folder)) {
      tree.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
    }
    repository.close();
  }
}
