// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.ops.api.Backlog;

/** The latest runs, and counts of all. Safe for any thread. */
final class Journal {
  static final List<Double> BOUNDS =
      List.of(0.005, 0.01, 0.05, 0.1, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0);
  static final List<Double> DELAY_BOUNDS =
      List.of(0.001, 0.002, 0.004, 0.008, 0.016, 0.05, 0.1, 0.5, 1.0, 5.0);

  /** The event of the stream. */
  static final String RUN = "run";

  private static final int STREAMED = 1000;

  /** More hooks than this are counted as one, so that the number of series stays bounded. */
  private static final int MOST_HOOKS = 200;

  private static final String OTHERS = "others";

  private final Backlog feed = new Backlog(STREAMED);
  private final Deque<Run> recent = new ArrayDeque<>();
  private final Map<String, Tally> tallies = new LinkedHashMap<>();
  private final long[] delays = new long[DELAY_BOUNDS.size() + 1];
  private double delaySum;
  private long runs;
  private int keep;

  Journal(int keep) {
    this.keep = keep;
  }

  /** What is known of one hook. */
  static final class Tally {
    private final Map<String, Long> executions = new TreeMap<>();
    private final Map<String, Long> failures = new TreeMap<>();
    private final long[] buckets = new long[BOUNDS.size() + 1];
    private double seconds;
    private int badInARow;
    private @Nullable Run last;
  }

  /** A view on a tally. */
  record Count(
      String hook,
      Map<String, Long> executions,
      Map<String, Long> failures,
      List<Long> buckets,
      double seconds,
      int badInARow,
      Run last) {}

  synchronized long nextId() {
    return ++runs;
  }

  synchronized void keep(int count) {
    keep = count;
    trim();
  }

  synchronized void add(Run run) {
    recent.addLast(run);
    trim();
    feed.add(RUN, RunRow.of(run));
    boolean room = tallies.containsKey(run.hook()) || tallies.size() < MOST_HOOKS;
    Tally tally = tallies.computeIfAbsent(room ? run.hook() : OTHERS, _ -> new Tally());
    tally.executions.merge(run.event(), 1L, Long::sum);
    tally.badInARow = run.bad() ? tally.badInARow + 1 : 0;
    tally.last = run;
    if (run.bad()) {
      String why =
          run.outcome() == Run.Outcome.FAILED
              ? Integer.toString(run.exit())
              : run.outcome().name().toLowerCase(java.util.Locale.ROOT);
      tally.failures.merge(why, 1L, Long::sum);
    }
    if (run.outcome() != Run.Outcome.REFUSED) {
      double seconds = run.millis() / 1000;
      tally.buckets[bucket(BOUNDS, seconds)]++;
      tally.seconds += seconds;
      double delay = run.delay() / 1000;
      delays[bucket(DELAY_BOUNDS, delay)]++;
      delaySum += delay;
    }
  }

  /** Each run when it has ended. */
  Backlog feed() {
    return feed;
  }

  private static int bucket(List<Double> bounds, double value) {
    int i = 0;
    while (i < bounds.size() && value > bounds.get(i)) {
      i++;
    }
    return i;
  }

  private void trim() {
    while (recent.size() > keep) {
      recent.removeFirst();
    }
  }

  /** The latest ones, in order. */
  synchronized List<Run> recent(int limit) {
    List<Run> all = new ArrayList<>(recent);
    return List.copyOf(all.subList(Math.max(0, all.size() - limit), all.size()));
  }

  synchronized List<Count> counts() {
    List<Count> all = new ArrayList<>();
    tallies.forEach(
        (hook, tally) -> {
          Run last = tally.last;
          if (last != null) {
            all.add(
                new Count(
                    hook,
                    new TreeMap<>(tally.executions),
                    new TreeMap<>(tally.failures),
                    Arrays.stream(tally.buckets).boxed().toList(),
                    tally.seconds,
                    tally.badInARow,
                    last));
          }
        });
    return all;
  }

  /** Forgets hooks that are there no more. */
  synchronized void retain(java.util.Set<String> hooks) {
    tallies.entrySet().removeIf(e -> !hooks.contains(e.getKey()) && e.getValue().badInARow > 0);
  }

  synchronized long[] delays() {
    return delays.clone();
  }

  synchronized double delaySum() {
    return delaySum;
  }
}
