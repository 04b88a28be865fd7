// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A dbus-daemon of our own in a folder of our own; it touches nothing of the host. */
final class PrivateDaemon {
  private final Path folder;
  private @Nullable Process process;

  PrivateDaemon(Path folder) throws Exception {
    this.folder = folder;
    assumeTrue(installed("dbus-daemon"), "dbus-daemon is not installed (Debian package dbus)");
    start();
  }

  BusAddress address() {
    return new BusAddress("unix:path=" + folder.resolve("bus"));
  }

  void start() throws Exception {
    Path config = folder.resolve("bus.conf");
    Files.writeString(
        config,
        """
        <!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
         "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
        <busconfig>
          <type>session</type>
          <listen>unix:path=%s</listen>
          <auth>EXTERNAL</auth>
          <policy context="default">
            <allow send_destination="*"/>
            <allow receive_sender="*"/>
            <allow own="*"/>
            <deny own="org.sluice.test.Forbidden"/>
          </policy>
        </busconfig>
        """
            .formatted(folder.resolve("bus")));
    Process started =
        new ProcessBuilder(
                "dbus-daemon", "--config-file=" + config, "--nofork", "--nopidfile", "--nosyslog")
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("bus.log").toFile())
            .start();
    process = started;
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!listens()) {
      assertTrue(started.isAlive() && System.nanoTime() < end, () -> log());
      Thread.sleep(10);
    }
  }

  /** Its socket is there a moment before it does. */
  private boolean listens() {
    var address = UnixDomainSocketAddress.of(folder.resolve("bus"));
    try (SocketChannel probe = SocketChannel.open(address)) {
      return probe.isConnected();
    } catch (IOException e) {
      return false;
    }
  }

  /** As if it crashed. */
  void kill() throws Exception {
    Process running = process;
    if (running != null) {
      running.destroyForcibly();
      assertTrue(running.waitFor(10, TimeUnit.SECONDS));
      Files.deleteIfExists(folder.resolve("bus"));
      process = null;
    }
  }

  /** Runs a tool of the system on this bus and gives its output. */
  String run(String... command) throws Exception {
    List<String> words = new ArrayList<>(List.of(command));
    if (words.getFirst().equals("busctl")) {
      words.add(1, "--address=" + address());
    } else {
      words.add(1, "--bus=" + address());
    }
    Path output = Files.createTempFile(folder, "out", ".txt");
    Process tool =
        new ProcessBuilder(words).redirectErrorStream(true).redirectOutput(output.toFile()).start();
    assertTrue(tool.waitFor(20, TimeUnit.SECONDS), () -> String.join(" ", words));
    return Files.readString(output);
  }

  static boolean installed(String tool) {
    for (String bin : System.getenv().getOrDefault("PATH", "/usr/bin").split(":")) {
      if (Files.isExecutable(Path.of(bin, tool))) {
        return true;
      }
    }
    return false;
  }

  private String log() {
    try {
      return Files.readString(folder.resolve("bus.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
