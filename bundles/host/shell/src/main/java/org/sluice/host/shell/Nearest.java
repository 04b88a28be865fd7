// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/** Finds what somebody may have meant. */
final class Nearest {
  private Nearest() {}

  /** The nearest, at most three that are equally near; empty when nothing is near. */
  static List<String> to(String word, Collection<String> known) {
    record Candidate(String text, int distance) {}
    int limit = Math.max(2, word.length() / 3);
    List<Candidate> near =
        known.stream()
            .distinct()
            .map(k -> new Candidate(k, distance(word, k)))
            .filter(c -> c.distance() <= limit)
            .sorted(Comparator.comparingInt(Candidate::distance).thenComparing(Candidate::text))
            .toList();
    return near.stream()
        .filter(c -> c.distance() == near.getFirst().distance())
        .limit(3)
        .map(Candidate::text)
        .toList();
  }

  /** As a sentence to append; empty when nothing is near. */
  static String question(String word, Collection<String> known) {
    List<String> near = to(word, known);
    return near.isEmpty() ? "" : "; did you mean " + String.join(" or ", near) + "?";
  }

  /** Insertions, deletions, replacements, and swaps of neighbours. */
  static int distance(String one, String two) {
    String a = one.toLowerCase(Locale.ROOT);
    String b = two.toLowerCase(Locale.ROOT);
    int[][] d = new int[a.length() + 1][b.length() + 1];
    for (int i = 0; i <= a.length(); i++) {
      for (int j = 0; j <= b.length(); j++) {
        if (i == 0 || j == 0) {
          d[i][j] = i + j;
          continue;
        }
        int change = a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1;
        d[i][j] = Math.min(Math.min(d[i - 1][j], d[i][j - 1]) + 1, d[i - 1][j - 1] + change);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          d[i][j] = Math.min(d[i][j], d[i - 2][j - 2] + 1);
        }
      }
    }
    return d[a.length()][b.length()];
  }
}
