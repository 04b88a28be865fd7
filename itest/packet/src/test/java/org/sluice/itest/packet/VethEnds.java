// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.packet.api.FrameSpec;
import org.sluice.sys.NetworkNamespace;

/** A pair of virtual Ethernet interfaces, each in a network of its own. */
abstract class VethEnds implements Ends {
  private static final AtomicInteger COUNT = new AtomicInteger();

  private final String name = "slf" + ProcessHandle.current().pid() + "x" + COUNT.incrementAndGet();

  VethEnds(int queues) throws Exception {
    assumeTrue("root".equals(System.getProperty("user.name")), "needs root");
    assumeTrue(Path.of("/usr/sbin/ip").toFile().canExecute(), "needs iproute2");
    try {
      for (char end : new char[] {'a', 'b'}) {
        run("ip", "netns", "add", name + end);
        run("ip", "netns", "exec", name + end, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1");
        run(
            "ip",
            "netns",
            "exec",
            name + end,
            "sysctl",
            "-qw",
            "net.ipv6.conf.default.disable_ipv6=1");
      }
      String many = Integer.toString(queues);
      run(
          "ip",
          "-n",
          name + "a",
          "link",
          "add",
          "va",
          "numtxqueues",
          many,
          "numrxqueues",
          many,
          "type",
          "veth",
          "peer",
          "name",
          "vb",
          "numtxqueues",
          many,
          "numrxqueues",
          many,
          "netns",
          name + "b");
      for (char end : new char[] {'a', 'b'}) {
        run("ip", "-n", name + end, "link", "set", "v" + end, "mtu", "9000", "up");
      }
    } catch (Exception | AssertionError e) {
      close();
      throw e;
    }
  }

  private static void run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    // Its output has ended, so it ends now.
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
  }

  @Override
  public FrameSpec spec(char end) {
    return FrameSpec.on("v" + end);
  }

  @Override
  public <T> T at(char end, Callable<T> work) throws Exception {
    return new NetworkNamespace(Path.of("/run/netns", name + end)).call(work);
  }

  @Override
  public boolean lossless() {
    return false;
  }

  @Override
  public void close() throws IOException {
    for (char end : new char[] {'a', 'b'}) {
      if (Path.of("/run/netns", name + end).toFile().exists()) {
        run("ip", "netns", "del", name + end);
      }
    }
  }
}
