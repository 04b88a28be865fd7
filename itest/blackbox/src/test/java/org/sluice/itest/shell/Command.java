// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.shell;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.sluice.itest.SluiceProcess;

/** The client as a process. */
final class Command {
  private Command() {}

  record Result(int exit, String out, String err) {}

  /** The command line of the client, without the start script. */
  static List<String> client(Path home, String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-jar",
                SluiceProcess.DIST.resolve("lib/client.jar").toAbsolutePath().toString(),
                "--home",
                home.toString()));
    command.addAll(List.of(arguments));
    return command;
  }

  static Result run(List<String> command, String input) throws IOException, InterruptedException {
    return run(command, input, Map.of());
  }

  static Result run(List<String> command, String input, Map<String, String> environment)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().putAll(environment);
    Path err = java.nio.file.Files.createTempFile("err", ".txt");
    Process process = builder.redirectError(err.toFile()).start();
    try (OutputStream in = process.getOutputStream()) {
      in.write(input.getBytes(StandardCharsets.UTF_8));
    }
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException("did not end: " + command);
    }
    String error = java.nio.file.Files.readString(err);
    java.nio.file.Files.delete(err);
    return new Result(process.exitValue(), out, error);
  }
}
