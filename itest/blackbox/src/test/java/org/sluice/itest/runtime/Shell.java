// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.itest.SluiceProcess;

/** Commands as a person gives them, each with a bound on its time. */
final class Shell {
  private static final long PATIENCE_SECONDS = 600;

  private Shell() {}

  /** How a command ended, and all it wrote to standard output and error. */
  record Ended(int exit, String text) {}

  /** A command that goes on while the test does. */
  record Running(Process process, Path log) implements AutoCloseable {
    String text() throws IOException {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    }

    void awaitText(String wanted) throws Exception {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
      while (!text().contains(wanted)) {
        if (System.nanoTime() > end || !process.isAlive()) {
          throw new AssertionError("waited in vain for " + wanted + " in:\n" + text());
        }
        Thread.sleep(20);
      }
    }

    Ended end() throws Exception {
      if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        close();
        throw new AssertionError("did not end:\n" + text());
      }
      return new Ended(process.exitValue(), text());
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }

  static Ended run(String... command) throws Exception {
    return run(null, Map.of(), command);
  }

  static Ended run(@Nullable Path folder, Map<String, String> environment, String... command)
      throws Exception {
    return start(folder, environment, command).end();
  }

  /** Runs a command again and again until it says all of these words. */
  static void awaitText(List<String> words, String... command) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (true) {
      String text = run(command).text();
      if (words.stream().allMatch(text::contains)) {
        return;
      }
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain for " + words + " in:\n" + text);
      }
      Thread.sleep(100);
    }
  }

  static Running start(@Nullable Path folder, Map<String, String> environment, String... command)
      throws IOException {
    Path logs = Files.createDirectories(Path.of("target", "logs"));
    Path log = Files.createTempFile(logs, "shell-", ".log");
    ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
    builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
    builder.redirectOutput(log.toFile());
    if (folder != null) {
      builder.directory(folder.toFile());
    }
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().putAll(environment);
    return new Running(builder.start(), log);
  }

  static boolean has(String program) throws Exception {
    return run("sh", "-c", "command -v " + program).exit() == 0;
  }

  static boolean root() throws Exception {
    return run("id", "-u").text().strip().equals("0");
  }

  /** Packs what the build made, as {@code ./sluice dist} does. */
  static void pack(Path to) throws Exception {
    Path script = SluiceProcess.ROOT.resolve("runtime/package/dist");
    Ended packed =
        run(script.toString(), SluiceProcess.ROOT.toRealPath().toString(), to.toString());
    if (packed.exit() != 0) {
      throw new AssertionError(packed.text());
    }
  }
}
