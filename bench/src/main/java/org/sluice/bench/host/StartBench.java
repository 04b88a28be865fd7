// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.sluice.itest.SluiceProcess;

/** From the start of the process to everything active, and what it costs then. */
final class StartBench {
  private static final int KARAF_SSH = 8101;
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(120);

  /** What one kind of process was seen to do. */
  record Result(Samples seconds, Samples megabytes, Samples idlePercent) {}

  private final Path work;
  private final Map<String, Result> results = new LinkedHashMap<>();

  StartBench(Path work) {
    this.work = work;
  }

  Map<String, Result> results() {
    return results;
  }

  String last() {
    List<String> all = new ArrayList<>();
    results.forEach((name, r) -> all.add("%s %.2f s".formatted(name, r.seconds().last())));
    return String.join("; ", all);
  }

  void round(int idleSeconds) throws Exception {
    Path home = work.resolve("home");
    delete(home);
    sluice("Sluice, first start", home, 0, Map.of());
    sluice("Sluice, later start", home, idleSeconds, Map.of());
    sluice("Sluice, later start without AOT cache", home, 0, Map.of("SLUICE_AOT", "off"));
    Path karaf = Path.of(System.getProperty("karaf.home"));
    if (!System.getProperty("karaf.java").isEmpty() && Files.isDirectory(karaf)) {
      Path fresh = work.resolve("karaf");
      delete(fresh);
      copy(karaf, fresh);
      karaf("Karaf 4.4.10 on JDK 17, first start", fresh, 0);
      karaf("Karaf 4.4.10 on JDK 17, later start", fresh, idleSeconds);
    }
  }

  private Result result(String name) {
    return results.computeIfAbsent(
        name, n -> new Result(new Samples(), new Samples(), new Samples()));
  }

  private void sluice(String name, Path home, int idleSeconds, Map<String, String> environment)
      throws Exception {
    int port = freePort();
    ProcessBuilder builder =
        new ProcessBuilder(
                SluiceProcess.DIST.resolve("bin/sluice").toString(),
                "run",
                "--home",
                home.toString(),
                "--http",
                "127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().putAll(environment);
    long start = System.nanoTime();
    Process process = builder.start();
    try (var log = process.inputReader()) {
      for (String line = log.readLine(); ; line = log.readLine()) {
        if (line == null) {
          throw new IOException(name + " ended before it was up");
        }
        if (line.contains("sluice is up")) {
          break;
        }
      }
      account(result(name), process, start, idleSeconds);
    } finally {
      end(process);
    }
  }

  private void karaf(String name, Path karaf, int idleSeconds) throws Exception {
    ProcessBuilder builder =
        new ProcessBuilder(karaf.resolve("bin/karaf").toString(), "server")
            .redirectErrorStream(true)
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectOutput(work.resolve("karaf.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("karaf.java"));
    builder.environment().put("KARAF_EXEC", "exec");
    long start = System.nanoTime();
    Process process = builder.start();
    try {
      // Its shell is among the last things it starts: kinder to it than waiting for every bundle.
      while (!open(KARAF_SSH)) {
        if (!process.isAlive() || System.nanoTime() - start > PATIENCE_NANOS) {
          throw new IOException(
              name + " did not start: " + Files.readString(work.resolve("karaf.log")));
        }
        Thread.sleep(5);
      }
      account(result(name), process, start, idleSeconds);
    } finally {
      end(process);
    }
  }

  private static void account(Result result, Process process, long start, int idleSeconds)
      throws Exception {
    result.seconds().add((System.nanoTime() - start) / 1e9);
    Thread.sleep(1500);
    result.megabytes().add(Proc.rss(process.pid()));
    if (idleSeconds > 0) {
      Thread.sleep(5000);
      double before = Proc.cpuSeconds(process.pid());
      Thread.sleep(idleSeconds * 1000L);
      result.idlePercent().add(100 * (Proc.cpuSeconds(process.pid()) - before) / idleSeconds);
    }
  }

  private static void end(Process process) throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    children.forEach(ProcessHandle::destroyForcibly);
  }

  private static boolean open(int port) {
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 100);
      return true;
    } catch (IOException notYet) {
      return false;
    }
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static void delete(Path tree) throws IOException {
    if (Files.exists(tree)) {
      try (Stream<Path> paths = Files.walk(tree)) {
        paths.sorted(Comparator.reverseOrder()).forEach(p -> p.toFile().delete());
      }
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> paths = Files.walk(from)) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        Files.copy(
            path,
            to.resolve(from.relativize(path)),
            java.nio.file.StandardCopyOption.COPY_ATTRIBUTES);
      }
    }
  }
}
