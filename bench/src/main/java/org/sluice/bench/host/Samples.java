// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Measurements of one thing, in the order they were taken. */
public final class Samples {
  private final List<Double> values = new ArrayList<>();

  public void add(double value) {
    values.add(value);
  }

  public double last() {
    return values.getLast();
  }

  public double median() {
    List<Double> sorted = sorted();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  /** {@code median (min–max, n)}. */
  public String text(String format) {
    if (values.isEmpty()) {
      return "not measured";
    }
    List<Double> sorted = sorted();
    return (format + " (" + format + "–" + format + ", n=%d)")
        .formatted(median(), sorted.getFirst(), sorted.getLast(), sorted.size());
  }

  private List<Double> sorted() {
    List<Double> sorted = new ArrayList<>(values);
    Collections.sort(sorted);
    return sorted;
  }
}
