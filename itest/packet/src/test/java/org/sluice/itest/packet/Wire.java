// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.sys.NetworkNamespace;

/**
 * Two network namespaces with a wire between them: {@code left} has 10.77.0.1 and fd77::1, {@code
 * right} has 10.77.0.2 and fd77::2, each on an interface that is called like it.
 */
final class Wire implements AutoCloseable {
  private static final AtomicInteger NUMBER = new AtomicInteger();

  final String left;
  final String right;

  Wire() throws Exception {
    String stem = "sl" + ProcessHandle.current().pid() + "x" + NUMBER.incrementAndGet();
    left = stem + "l";
    right = stem + "r";
    try {
      run("ip", "netns", "add", left);
      run("ip", "netns", "add", right);
      for (String namespace : List.of(left, right)) {
        // Nobody else has these addresses, so nobody need be asked for seconds whether he has.
        run(
            "ip",
            "netns",
            "exec",
            namespace,
            "sysctl",
            "-qw",
            "net.ipv6.conf.all.accept_dad=0",
            "net.ipv6.conf.default.accept_dad=0");
      }
      run(
          "ip", "-n", left, "link", "add", "left", "type", "veth", "peer", "name", "right", "netns",
          right);
      end(left, "left", 1);
      end(right, "right", 2);
      ready(left, "left");
      ready(right, "right");
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  private static void end(String namespace, String link, int number) throws Exception {
    run("ip", "-n", namespace, "link", "set", "lo", "up");
    run("ip", "-n", namespace, "addr", "add", "10.77.0." + number + "/24", "dev", link);
    run("ip", "-n", namespace, "addr", "add", "fd77::" + number + "/64", "dev", link, "nodad");
    run("ip", "-n", namespace, "link", "set", link, "up");
  }

  /** Until an interface has made sure of its own address, IPv6 does not hear groups by it. */
  private static void ready(String namespace, String link) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    String said = "";
    while (said.isEmpty() || said.contains("tentative")) {
      if (System.nanoTime() > end) {
        throw new IOException(link + " in " + namespace + " does not come up: " + said);
      }
      said = run("ip", "-n", namespace, "-6", "addr", "show", "dev", link, "scope", "link");
    }
  }

  <T> T inLeft(Callable<T> work) throws Exception {
    return new NetworkNamespace(Path.of("/run/netns", left)).call(work);
  }

  <T> T inRight(Callable<T> work) throws Exception {
    return new NetworkNamespace(Path.of("/run/netns", right)).call(work);
  }

  static String run(String... command) throws IOException, InterruptedException {
    Process process = new ProcessBuilder(List.of(command)).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS) || process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + said);
    }
    return said;
  }

  @Override
  public void close() throws IOException {
    for (String namespace : List.of(left, right)) {
      new ProcessBuilder("ip", "netns", "del", namespace)
          .redirectErrorStream(true)
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start()
          .onExit()
          .orTimeout(60, TimeUnit.SECONDS)
          .join();
    }
  }
}
