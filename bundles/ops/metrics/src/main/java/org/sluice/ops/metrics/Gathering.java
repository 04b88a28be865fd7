// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.ops.api.Metrics;

/**
 * What one source gives in one scrape. Everything is checked as it comes, and the first mistake
 * makes all of it bad, also when the source swallows the exception: half of the numbers of a source
 * are worse than none, because they look whole.
 */
final class Gathering implements Metrics {
  private static final Pattern NAME = Pattern.compile("[a-zA-Z_:][a-zA-Z0-9_:]*");
  private static final Pattern LABEL = Pattern.compile("[a-zA-Z_][a-zA-Z0-9_]*");

  /** A source with more has a label without bound, and would fill the memory of the reader. */
  private static final int MOST_SAMPLES = 10_000;

  private final Map<String, Family> families = new LinkedHashMap<>();
  private final Set<List<String>> seen = new HashSet<>();
  private int samples;
  private @Nullable String mistake;

  @Override
  public void gauge(String name, String help, double value, String... labels) {
    one(Family.Type.GAUGE, name, help, value, labels);
  }

  @Override
  public void counter(String name, String help, double value, String... labels) {
    if (!name.endsWith("_total")) {
      throw bad("the name of the counter " + name + " must end in _total");
    }
    if (!(value >= 0)) {
      throw bad("the counter " + name + " is " + value + "; a counter never falls below zero");
    }
    one(Family.Type.COUNTER, name, help, value, labels);
  }

  private void one(Family.Type type, String name, String help, double value, String... labels) {
    Family family = family(type, name, help);
    add(family, name, labels(family, labels), value);
  }

  @Override
  public void histogram(
      String name, String help, double[] bounds, long[] counts, double sum, String... labels) {
    Family family = family(Family.Type.HISTOGRAM, name, help);
    if (counts.length != bounds.length + 1) {
      throw bad(
          "the histogram %s has %d bounds and %d counts; it needs one count more than bounds"
              .formatted(name, bounds.length, counts.length));
    }
    List<String> given = labels(family, labels);
    if (given.contains("le")) {
      throw bad("the histogram " + name + " has a label le, which is the one of its buckets");
    }
    long count = 0;
    double below = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < counts.length; i++) {
      double bound = i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY;
      if (!(bound > below) || counts[i] < 0) {
        throw bad("the bounds of the histogram " + name + " must rise, its counts be positive");
      }
      below = bound;
      count += counts[i];
      List<String> withBound = new ArrayList<>(given);
      withBound.add("le");
      withBound.add(TextFormat.number(bound));
      add(family, name + "_bucket", withBound, (double) count);
    }
    add(family, name + "_sum", given, sum);
    add(family, name + "_count", given, (double) count);
  }

  /** Sum and number of observations, without quantiles. */
  void summary(String name, String help, double sum, double count, String... labels) {
    Family family = family(Family.Type.SUMMARY, name, help);
    List<String> given = labels(family, labels);
    add(family, name + "_sum", given, sum);
    add(family, name + "_count", given, count);
  }

  private Family family(Family.Type type, String name, String help) {
    if (!NAME.matcher(name).matches()) {
      throw bad("\"" + name + "\" is no name for a metric: it needs " + NAME);
    }
    Family family =
        families.computeIfAbsent(name, n -> new Family(n, type, help, new ArrayList<>()));
    if (family.type() != type) {
      throw bad(name + " is given as " + family.type().word() + " and as " + type.word());
    }
    return family;
  }

  private List<String> labels(Family family, String... labels) {
    if (labels.length % 2 != 0) {
      throw bad("the last label of " + family.name() + " has no value");
    }
    Set<String> names = new HashSet<>();
    for (int i = 0; i < labels.length; i += 2) {
      String label = labels[i];
      if (label == null || !LABEL.matcher(label).matches() || label.startsWith("__")) {
        throw bad("\"" + label + "\" of " + family.name() + " is no name for a label");
      }
      if (labels[i + 1] == null) {
        throw bad("the label " + label + " of " + family.name() + " is null");
      }
      if (!names.add(label)) {
        throw bad("the label " + label + " of " + family.name() + " is given twice");
      }
    }
    return List.copyOf(Arrays.asList(labels));
  }

  private void add(Family family, String name, List<String> labels, double value) {
    if (++samples > MOST_SAMPLES) {
      throw bad("more than " + MOST_SAMPLES + " samples: a label of it has no bound");
    }
    if (!seen.add(key(name, labels))) {
      throw bad(name + " is given twice with the labels " + labels);
    }
    family.samples().add(new Sample(name, labels, value));
  }

  /** The same for the same labels in another order. */
  static List<String> key(String name, List<String> labels) {
    List<String> pairs = new ArrayList<>();
    for (int i = 0; i < labels.size(); i += 2) {
      pairs.add(labels.get(i) + "=" + labels.get(i + 1));
    }
    pairs.sort(null);
    pairs.addFirst(name);
    return pairs;
  }

  private BadMetricException bad(String what) {
    if (mistake == null) {
      mistake = what;
    }
    return new BadMetricException(what);
  }

  /** What was given, if all of it was good. */
  List<Family> families() {
    if (mistake != null) {
      throw new BadMetricException(mistake);
    }
    return List.copyOf(families.values());
  }
}
