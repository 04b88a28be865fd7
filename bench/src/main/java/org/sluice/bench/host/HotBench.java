// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** Drop, swap, configuration edit and removal while a caller keeps calling. */
final class HotBench {
  private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(30);

  /** What one host was seen to do; times in milliseconds. */
  record Result(Samples drop, Samples swap, Samples gap, Samples lost, Samples edit) {
    Result() {
      this(new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
    }

    String last() {
      return "%.1f %.1f %.1f ms".formatted(drop.last(), swap.last(), edit.last());
    }
  }

  private final Path work;
  private final Result sluice = new Result();
  private final Result stock = new Result();

  HotBench(Path work) {
    this.work = work;
  }

  Result sluice() {
    return sluice;
  }

  Result stock() {
    return stock;
  }

  /** Both hosts run side by side and are asked in turn. */
  void run(int rounds) throws Exception {
    Path stockFolder = Files.createDirectories(work.resolve("stock/load"));
    Process peer = startStock(stockFolder);
    try (SluiceProcess process = SluiceProcess.start()) {
      Host ours = new Host(sluice, work, process.plugins(), process.configs(), ".cfg.json", "ours");
      Host theirs = new Host(stock, work, stockFolder, stockFolder, ".cfg", "stock");
      for (Host host : List.of(ours, theirs)) {
        host.place("call.jar", BenchPlugins.calling(host.calls).bytes());
      }
      try {
        for (int round = 0; round < rounds; round++) {
          for (Host host : List.of(ours, theirs)) {
            host.round(round);
          }
          System.out.printf(
              "drop, swap, edit, round %d of %d: %s, stock %s%n",
              round + 1, rounds, sluice.last(), stock.last());
        }
      } catch (IOException e) {
        throw new IOException(e.getMessage() + "; Sluice's log:\n" + process.log(), e);
      }
    } finally {
      peer.destroyForcibly().waitFor();
    }
  }

  private Process startStock(Path folder) throws IOException {
    Path lib = SluiceProcess.DIST.resolve("lib");
    String classPath;
    try (Stream<Path> jars = Files.list(lib)) {
      classPath =
          System.getProperty("java.class.path")
              + ":"
              + String.join(
                  ":",
                  jars.map(Path::toString).filter(n -> n.contains("felix.framework")).toList());
    }
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "--sun-misc-unsafe-memory-access=allow",
                "-XX:+UseSerialGC",
                "-cp",
                classPath,
                StockFelix.class.getName(),
                SluiceProcess.DIST.resolve("bundles").toString(),
                folder.toString(),
                work.resolve("stock/cache").toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    process.inputReader().readLine();
    return process;
  }

  /** One of the two, with its folders and journals. */
  private static final class Host {
    private final Result result;
    private final Path plugins;
    private final Path configs;
    private final String suffix;
    private final Path staging;
    private final Path journal;
    private final Path calls;

    Host(Result result, Path work, Path plugins, Path configs, String suffix, String name)
        throws IOException {
      this.result = result;
      this.plugins = plugins;
      this.configs = configs;
      this.suffix = suffix;
      this.staging = Files.createDirectories(work.resolve(name));
      this.journal = staging.resolve("journal");
      this.calls = staging.resolve("calls");
    }

    void round(int round) throws Exception {
      PluginJar first = BenchPlugins.serving("1." + round + ".0", journal);
      PluginJar second = BenchPlugins.serving("1." + round + ".1", journal);
      result.drop().add(timed("1." + round + ".0 ", () -> place("serve.jar", first.bytes())));
      Thread.sleep(500);
      Files.deleteIfExists(calls);
      result.swap().add(timed("1." + round + ".1 ", () -> place("serve.jar", second.bytes())));
      Thread.sleep(500);
      outages();
      // The first file makes the configuration; the second is the edit that is measured.
      place(BenchPlugins.PID + suffix, config("a" + round));
      await(" a" + round + " ");
      Thread.sleep(500);
      String value = "b" + round;
      result
          .edit()
          .add(timed(" " + value + " ", () -> place(BenchPlugins.PID + suffix, config(value))));
      Files.delete(configs.resolve(BenchPlugins.PID + suffix));
      Files.delete(plugins.resolve("serve.jar"));
      Thread.sleep(5000);
    }

    private byte[] config(String value) {
      String text =
          suffix.endsWith("json") ? "{ \"text\": \"" + value + "\" }" : "text=" + value + "\n";
      return text.getBytes(StandardCharsets.UTF_8);
    }

    private void outages() throws IOException {
      double gap = 0;
      double lost = 0;
      if (Files.exists(calls)) {
        for (String line : Files.readAllLines(calls)) {
          lost += Double.parseDouble(line.split(" ")[0]);
          gap = Math.max(gap, Double.parseDouble(line.split(" ")[1]) / 1000);
        }
      }
      result.gap().add(gap);
      result.lost().add(lost);
    }

    void place(String name, byte[] content) throws IOException {
      Path beside = staging.resolve("placing");
      Files.write(beside, content);
      Path folder = name.endsWith(".jar") ? plugins : configs;
      Files.move(
          beside,
          folder.resolve(name),
          StandardCopyOption.ATOMIC_MOVE,
          StandardCopyOption.REPLACE_EXISTING);
    }

    private double timed(String mark, Action action) throws Exception {
      action.run();
      Instant now = Instant.now();
      double done = now.getEpochSecond() * 1e6 + now.getNano() / 1000.0;
      return (await(mark) - done) / 1000;
    }

    /** The time at which the plugin wrote the line with this mark. */
    private double await(String mark) throws Exception {
      long end = System.nanoTime() + PATIENCE_NANOS;
      while (System.nanoTime() < end) {
        if (Files.exists(journal)) {
          for (String line : Files.readAllLines(journal)) {
            if (line.contains(mark)) {
              return Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
          }
        }
        Thread.sleep(5);
      }
      throw new IOException("waited in vain for '" + mark + "' in " + journal);
    }
  }

  private interface Action {
    void run() throws Exception;
  }
}
