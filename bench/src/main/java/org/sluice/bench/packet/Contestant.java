// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.util.ArrayList;
import java.util.List;
import org.sluice.bench.host.Samples;

/** One of those who do the same work, and what was measured of it until now. */
final class Contestant {
  private static final double MUCH = 0.03;
  private static final double BUSY = 90;

  private final String name;
  private final List<String> command;
  private final Samples rate = new Samples();
  private final Samples cost = new Samples();
  private final Samples busy = new Samples();
  private final Samples batch = new Samples();
  private final List<String> troubles = new ArrayList<>();
  private final List<Words> results = new ArrayList<>();

  /**
   * @param command up to the options that all have
   */
  Contestant(String name, List<String> command) {
    this.name = name;
    this.command = command;
  }

  String name() {
    return name;
  }

  List<String> command(String... options) {
    List<String> all = new ArrayList<>(command);
    all.addAll(List.of(options));
    return all;
  }

  List<Words> results() {
    return results;
  }

  /** Notes a round whose counts agree. */
  void add(Words result) {
    double packets = result.measured("packets");
    double nanos = result.measured("nanos");
    double working = result.measured("busy");
    results.add(result);
    rate.add(packets * 1e3 / nanos);
    cost.add(working / packets);
    busy.add(100 * working / nanos);
    batch.add(packets / result.measured("batches"));
    System.out.printf("  %s: %.3f Mpps, %.1f ns%n", name, rate.last(), cost.last());
  }

  void trouble(String what) {
    troubles.add(what);
    System.out.printf("  %s: %s%n", name, what);
  }

  String rateText() {
    return text(rate, "%.2f");
  }

  String costText() {
    return text(cost, "%.1f");
  }

  /** Rate, cost, how busy, and how many packets a look found. */
  String cells() {
    return troubles.isEmpty() && !results.isEmpty()
        ? "%s | %s | %.0f %% | %.0f"
            .formatted(rateText(), costText(), busy.median(), batch.median())
        : rateText() + " | | |";
  }

  private String text(Samples samples, String format) {
    return troubles.isEmpty() ? samples.text(format) : "no number: " + troubles.getFirst();
  }

  /** In words, what the other is better at by more than chance; empty when nothing. */
  String behind(Contestant other, String work) {
    if (!troubles.isEmpty()
        || !other.troubles.isEmpty()
        || results.isEmpty()
        || other.results.isEmpty()) {
      return "";
    }
    double slower = 1 - rate.median() / other.rate.median();
    double dearer = cost.median() / other.cost.median() - 1;
    if (slower <= MUCH && dearer <= MUCH) {
      return "";
    }
    return "%s: %+.0f %% packets, %+.0f %% time for one, beside %s"
        .formatted(work, -100 * slower, 100 * dearer, other.name);
  }

  /** Whether it could have done more, had more arrived. */
  boolean waited() {
    return !results.isEmpty() && busy.median() < BUSY;
  }
}
