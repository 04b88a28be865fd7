// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.Locale;
import java.util.Map;

/** Runs both benchmarks of the host and writes their table. */
public final class HostBench {
  private static final int IDLE_SECONDS = 20;

  private HostBench() {}

  public static void main(String[] args) throws Exception {
    Locale.setDefault(Locale.ROOT);
    int rounds = 7;
    Path out = Path.of("host.md");
    for (int i = 0; i < args.length; i += 2) {
      switch (args[i]) {
        case "--rounds" -> rounds = Integer.parseInt(args[i + 1]);
        case "--out" -> out = Path.of(args[i + 1]);
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    Path work = Files.createTempDirectory("bench-");
    StartBench start = new StartBench(work);
    HotBench hot = new HotBench(work);
    try {
      for (int round = 0; round < rounds; round++) {
        start.round(round == 0 ? IDLE_SECONDS : 0);
        System.out.printf("start, round %d of %d: %s%n", round + 1, rounds, start.last());
      }
      hot.run(rounds);
    } finally {
      StartBench.delete(work);
    }
    Files.writeString(out, table(start, hot, rounds));
    System.out.println(Files.readString(out));
  }

  private static String table(StartBench start, HotBench hot, int rounds) throws IOException {
    StringBuilder text = new StringBuilder();
    text.append("# The host against its peers\n\n");
    text.append(
        "Made by `bench/run host --rounds %d` on %s: %s, %d processors, Linux %s, JDK %s. "
            .formatted(
                rounds,
                LocalDate.now(ZoneId.systemDefault()),
                processor(),
                Runtime.getRuntime().availableProcessors(),
                System.getProperty("os.version"),
                Runtime.version()));
    text.append(
        "Medians (minimum–maximum, number of runs); peers run in turn in the same run.\n\n");
    text.append("| start | seconds to everything active | resident MB | idle, % of a core |\n");
    text.append("|---|---|---|---|\n");
    for (Map.Entry<String, StartBench.Result> row : start.results().entrySet()) {
      StartBench.Result result = row.getValue();
      text.append(
          "| %s | %s | %s | %s |\n"
              .formatted(
                  row.getKey(),
                  result.seconds().text("%.2f"),
                  result.megabytes().text("%.0f"),
                  result.idlePercent().text("%.2f")));
    }
    text.append("\nKaraf counts as active when its shell accepts connections.\n\n");
    text.append("| milliseconds | Sluice | stock FileInstall 3.7.4 | times faster |\n");
    text.append("|---|---|---|---|\n");
    row(text, "jar dropped → active", hot.sluice().drop(), hot.stock().drop());
    row(text, "jar replaced → new one active", hot.sluice().swap(), hot.stock().swap());
    row(text, "configuration saved → in force", hot.sluice().edit(), hot.stock().edit());
    text.append(
        "| time without service during a replacement | %s | %s | |\n"
            .formatted(hot.sluice().gap().text("%.1f"), hot.stock().gap().text("%.1f")));
    text.append(
        "| calls lost during a replacement (one every 0.2 ms) | %s | %s | |\n"
            .formatted(hot.sluice().lost().text("%.0f"), hot.stock().lost().text("%.0f")));
    text.append(
        "\nFiles are put in place by rename. Stock FileInstall runs in its stock settings (it polls every"
            + " 2 s).\n");
    return text.toString();
  }

  private static void row(StringBuilder text, String name, Samples ours, Samples theirs) {
    text.append(
        "| %s | %s | %s | %.0f |\n"
            .formatted(
                name,
                ours.text("%.1f"),
                theirs.text("%.0f"),
                theirs.median() / Math.max(0.1, ours.median())));
  }

  private static String processor() throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/cpuinfo"))) {
      if (line.startsWith("model name")) {
        return line.substring(line.indexOf(':') + 1).trim();
      }
    }
    return "unknown processor";
  }
}
