// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.Namespace;

/** How many events a second go all the way from the kernel to a plugin, for seconds on end. */
final class StreamBench {
  private static final List<Integer> RATES = List.of(10_000, 30_000, 45_000, 60_000);

  /** Whoever is further behind in the end does not keep up. */
  private static final double MOST_LAG = 1000;

  /** A busy machine makes fewer changes than were asked for; then nothing is shown. */
  private static final double ENOUGH = 0.97;

  private final int seconds;
  private final Map<Integer, Result> results = new TreeMap<>();

  /** One rate. */
  private static final class Result {
    private final Delays made = new Delays();
    private final Delays delivered = new Delays();
    private final Delays lag = new Delays();
    private int whole;
    private int rounds;
  }

  StreamBench(int seconds) {
    this.seconds = seconds;
  }

  void run(Path tools, int rounds) throws Exception {
    try (Namespace namespace = Namespace.create();
        SluiceProcess sluice = SluiceProcess.prepare()) {
      namespace.ip("link add left type veth peer right");
      namespace.ip("link set left up");
      namespace.ip("link set right up");
      Watch watch = Watch.launch(namespace, sluice);
      Thread.sleep(3000);
      for (int round = 0; round < rounds; round++) {
        for (int rate : RATES) {
          once(namespace, watch, tools, rate);
        }
      }
    }
  }

  private void once(Namespace namespace, Watch watch, Path tools, int rate) throws Exception {
    Watch.Seen before = watch.seen();
    double overruns = watch.metric("sluice_link_kernel_overruns_total");
    List<String> flood = new ArrayList<>(List.of(tools.resolve("flood").toString(), "left"));
    flood.add(Integer.toString(rate));
    flood.add(Integer.toString(seconds));
    String[] told = namespace.exec(flood.toArray(String[]::new)).strip().split(" ", -1);
    long begin = Long.parseLong(told[0]);
    long end = Long.parseLong(told[1]);
    long changes = Long.parseLong(told[2]) - Long.parseLong(told[3]);
    Watch.Seen after = watch.awaitEvents(before.events() + changes);
    long events = after.events() - before.events();
    Result result = results.computeIfAbsent(rate, _ -> new Result());
    double lag = (after.last() - end) / 1e6;
    result.rounds++;
    result.made.add(changes * 1e9 / (end - begin));
    result.delivered.add(events * 1e9 / (after.last() - begin));
    result.lag.add(lag);
    boolean whole =
        events == changes
            && after.wholeSince(before)
            && overruns == watch.metric("sluice_link_kernel_overruns_total")
            && lag < MOST_LAG
            && result.made.last() > rate * ENOUGH;
    result.whole += whole ? 1 : 0;
    System.out.printf(
        "stream: %d a second for %d s: %d of %d events, %.0f a second, %.0f ms behind, %s%n",
        rate,
        seconds,
        events,
        changes,
        result.delivered.last(),
        lag,
        whole ? "whole" : "not whole");
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        "| changes of routes a second, for %d s | made | delivered | the last one is late by, ms |"
            .formatted(seconds));
    text.append(" rounds in which nothing was lost |\n|---|---|---|---|---|\n");
    results.forEach(
        (rate, r) ->
            text.append(
                "| %,d | %s | %s | %s | %d of %d |\n"
                    .formatted(
                        rate,
                        r.made.text("%.0f"),
                        r.delivered.text("%.0f"),
                        r.lag.text("%.1f"),
                        r.whole,
                        r.rounds)));
    return text.toString();
  }
}
