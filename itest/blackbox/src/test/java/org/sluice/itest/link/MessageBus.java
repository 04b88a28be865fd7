// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A message bus of its own, with a policy as strict as that of the system bus. */
final class MessageBus implements AutoCloseable {
  private final Path folder;
  private final List<String> command;
  private Process daemon;

  private MessageBus(Path folder, List<String> command, Process daemon) {
    this.folder = folder;
    this.command = command;
    this.daemon = daemon;
  }

  /**
   * @param policy a file as packages put it into {@code /usr/share/dbus-1/system.d}
   */
  static MessageBus start(Path policy) throws Exception {
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/dbus-daemon")),
        "dbus-daemon (package dbus) is missing");
    Path folder = Files.createTempDirectory("bus");
    Path config = folder.resolve("bus.conf");
    Files.writeString(
        config,
        """
        <busconfig>
          <listen>unix:path=%s</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow user="*"/>
            <deny own="*"/>
            <deny send_type="method_call"/>
            <allow send_type="signal"/>
            <allow send_requested_reply="true" send_type="method_return"/>
            <allow send_requested_reply="true" send_type="error"/>
            <allow receive_type="method_call"/>
            <allow receive_type="method_return"/>
            <allow receive_type="error"/>
            <allow receive_type="signal"/>
            <allow send_destination="org.freedesktop.DBus"/>
          </policy>
          <include>%s</include>
        </busconfig>
        """
            .formatted(folder.resolve("socket"), policy.toAbsolutePath()));
    List<String> command =
        List.of("/usr/bin/dbus-daemon", "--config-file=" + config, "--nofork", "--nopidfile");
    return new MessageBus(folder, command, run(command));
  }

  private static Process run(List<String> command) throws IOException {
    return new ProcessBuilder(command).redirectErrorStream(true).start();
  }

  String address() {
    return "unix:path=" + folder.resolve("socket");
  }

  /** As after a crash of it: everybody is thrown off. */
  void restart() throws Exception {
    stop();
    Files.deleteIfExists(folder.resolve("socket"));
    daemon = run(command);
  }

  /** Calls a method without arguments, or with those given as dbus-send takes them. */
  String call(String destination, String path, String method, String... arguments)
      throws Exception {
    List<String> words =
        new ArrayList<>(
            List.of(
                "dbus-send",
                "--bus=" + address(),
                "--print-reply",
                "--dest=" + destination,
                path,
                method));
    words.addAll(List.of(arguments));
    Process process = run(words);
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    return out;
  }

  /** Prints every signal of an interface until it is destroyed. */
  Process monitor(String ofInterface, Path to) throws IOException {
    return new ProcessBuilder(
            "dbus-monitor", "--address", address(), "type='signal',interface='" + ofInterface + "'")
        .redirectErrorStream(true)
        .redirectOutput(to.toFile())
        .start();
  }

  Path folder() {
    return folder;
  }

  private void stop() throws IOException {
    daemon.destroy();
    try {
      if (!daemon.waitFor(10, TimeUnit.SECONDS)) {
        daemon.destroyForcibly();
      }
    } catch (InterruptedException e) {
      daemon.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() throws IOException {
    stop();
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
