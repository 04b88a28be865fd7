// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.util.Map;
import java.util.TreeMap;

/** Options of a program, and what it measured: {@code key=value}, separated by spaces. */
record Words(Map<String, String> all) {
  static Words of(String... words) {
    Map<String, String> all = new TreeMap<>();
    for (String word : words) {
      int at = word.indexOf('=');
      if (at > 0) {
        all.put(word.substring(0, at), word.substring(at + 1));
      }
    }
    return new Words(all);
  }

  boolean has(String key) {
    return all.containsKey(key);
  }

  String text(String key, String otherwise) {
    return all.getOrDefault(key, otherwise);
  }

  int number(String key, int otherwise) {
    return has(key) ? Integer.parseInt(text(key, "")) : otherwise;
  }

  /** What was measured; fails when it was not. */
  double measured(String key) {
    String value = all.get(key);
    if (value == null) {
      throw new IllegalStateException("no " + key + " was measured: " + all);
    }
    return Double.parseDouble(value);
  }

  long nanos(String key, double otherwise) {
    return (long) (Double.parseDouble(text(key, Double.toString(otherwise))) * 1e9);
  }
}
