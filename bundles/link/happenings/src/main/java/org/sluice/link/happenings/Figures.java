// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.link.api.Happening;
import org.sluice.ops.api.Metrics;

/** Counts what happens. Safe for any thread. */
final class Figures {
  /** More combinations than this are counted as those of one link. */
  static final int MOST_SERIES = 1000;

  private static final String OTHERS = "others";
  private static final double[] BOUNDS = {0.001, 0.01, 0.05, 0.1, 0.5, 1, 5};

  private final Map<Happening.Kind, Long> byKind = new EnumMap<>(Happening.Kind.class);
  private final Map<Series, Long> byLink = new LinkedHashMap<>();
  private final Map<Happening.Kind, Delays> delays = new EnumMap<>(Happening.Kind.class);

  private record Series(Happening.Kind kind, String link, String source) {}

  private static final class Delays {
    private final long[] buckets = new long[BOUNDS.length + 1];
    private double sum;

    void add(double seconds) {
      int i = 0;
      while (i < BOUNDS.length && seconds > BOUNDS[i]) {
        i++;
      }
      buckets[i]++;
      sum += seconds;
    }
  }

  synchronized void count(Happening happening) {
    Happening.Kind kind = happening.kind();
    byKind.merge(kind, 1L, Long::sum);
    Series series = new Series(kind, happening.link().name(), happening.source());
    boolean room = byLink.containsKey(series) || byLink.size() < MOST_SERIES;
    byLink.merge(room ? series : new Series(kind, OTHERS, OTHERS), 1L, Long::sum);
    if (!happening.initial()) {
      // The clock of the host may have been set back meanwhile.
      double seconds =
          Math.max(0, Duration.between(happening.time(), Instant.now()).toNanos() / 1e9);
      delays.computeIfAbsent(kind, _ -> new Delays()).add(seconds);
    }
  }

  synchronized void collect(Metrics to) {
    byKind.forEach(
        (kind, count) ->
            to.counter(
                "sluice_link_happenings_total",
                "What happened on the network, by kind.",
                (double) count,
                "kind",
                kind.word()));
    byLink.forEach(
        (series, count) ->
            to.counter(
                "sluice_link_happenings_by_link_total",
                "What happened on the network, by kind, link and who told it.",
                (double) count,
                "kind",
                series.kind().word(),
                "link",
                series.link(),
                "source",
                series.source()));
    delays.forEach(
        (kind, of) ->
            to.histogram(
                "sluice_link_happening_delay_seconds",
                "From the moment a change is known to the moment it is told.",
                BOUNDS.clone(),
                of.buckets.clone(),
                of.sum,
                "kind",
                kind.word()));
  }
}
