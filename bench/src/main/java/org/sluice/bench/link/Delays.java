// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.link;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Delays in milliseconds, in the order they were measured. */
final class Delays {
  private final List<Double> values = new ArrayList<>();

  void add(double millis) {
    values.add(millis);
  }

  int count() {
    return values.size();
  }

  double last() {
    return values.getLast();
  }

  double median() {
    return quantile(values, 0.5);
  }

  /** The smallest value that so many of all do not exceed (nearest rank). */
  private static double quantile(List<Double> of, double share) {
    if (of.isEmpty()) {
      return Double.NaN;
    }
    List<Double> sorted = new ArrayList<>(of);
    Collections.sort(sorted);
    return sorted.get(Math.clamp((int) Math.ceil(share * sorted.size()) - 1, 0, sorted.size() - 1));
  }

  /** The cells {@code n | p50 | p90 | p99 | max | medians of the rounds}. */
  String cells(int rounds) {
    if (values.isEmpty()) {
      return "0 | | | | | not measured";
    }
    List<Double> medians = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      List<Double> round =
          values.subList(values.size() * i / rounds, values.size() * (i + 1) / rounds);
      if (!round.isEmpty()) {
        medians.add(quantile(round, 0.5));
      }
    }
    return "%d | %.1f | %.1f | %.1f | %.1f | %.1f–%.1f"
        .formatted(
            values.size(),
            median(),
            quantile(values, 0.9),
            quantile(values, 0.99),
            Collections.max(values),
            Collections.min(medians),
            Collections.max(medians));
  }

  /** {@code median (min–max, n)}. */
  String text(String format) {
    return values.isEmpty()
        ? "not measured"
        : (format + " (" + format + "–" + format + ", n=%d)")
            .formatted(median(), Collections.min(values), Collections.max(values), values.size());
  }
}
