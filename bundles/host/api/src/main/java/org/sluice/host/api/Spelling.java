// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;

/**
 * Finds what was probably meant, wherever a name is not known. Names here are often dotted and
 * long, so two are near not only when few letters differ, but also when their last words are the
 * same, or when one is a part of the other.
 */
public final class Spelling {
  private static final int SAME_LAST_WORD = 2;
  private static final int PART = 2;

  /** The cost grows with the product of the lengths, and nobody means a name that long. */
  private static final int LONGEST = 200;

  private Spelling() {}

  /** At most {@code limit} of the known names, nearest first; none when nothing is near. */
  public static List<String> near(String wanted, Collection<String> known, int limit) {
    record Scored(String name, int distance) {}
    return known.stream()
        .distinct()
        .map(name -> new Scored(name, distance(wanted, name)))
        .filter(scored -> scored.distance() <= tolerance(wanted))
        .sorted(Comparator.comparingInt(Scored::distance).thenComparing(Scored::name))
        .limit(limit)
        .map(Scored::name)
        .toList();
  }

  /** As a sentence to append; empty when nothing is near. */
  public static String question(String wanted, Collection<String> known) {
    List<String> near = near(wanted, known, 1);
    return near.isEmpty() ? "" : "; did you mean " + near.getFirst() + "?";
  }

  /** A third of the name may be wrong, but never so much that a short name is near everything. */
  private static int tolerance(String wanted) {
    return Math.clamp(wanted.length() / 3, 1, 6);
  }

  /** How far two names are apart; 0 for the same but for case. */
  public static int distance(String wanted, String name) {
    if (wanted.length() > LONGEST || name.length() > LONGEST) {
      return Integer.MAX_VALUE;
    }
    String a = wanted.toLowerCase(Locale.ROOT);
    String b = name.toLowerCase(Locale.ROOT);
    int best = edits(a, b);
    String lastOfA = lastWord(a);
    String lastOfB = lastWord(b);
    if (lastOfA.length() > 2 && lastOfA.equals(lastOfB)) {
      best = Math.min(best, SAME_LAST_WORD);
    }
    if (lastOfA.length() > 4) {
      best = Math.min(best, SAME_LAST_WORD + edits(lastOfA, lastOfB));
    }
    if (a.length() > 3 && b.contains(a)) {
      best = Math.min(best, PART);
    }
    return best;
  }

  private static String lastWord(String name) {
    return name.substring(Math.max(name.lastIndexOf('.'), name.lastIndexOf('$')) + 1);
  }

  /** Letters to insert, drop, replace or swap with their neighbour. */
  private static int edits(String a, String b) {
    int[] beforeLast = new int[b.length() + 1];
    int[] last = new int[b.length() + 1];
    for (int j = 0; j <= b.length(); j++) {
      last[j] = j;
    }
    for (int i = 1; i <= a.length(); i++) {
      int[] row = new int[b.length() + 1];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int replace = last[j - 1] + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, Math.min(last[j], row[j - 1]) + 1);
        if (i > 1
            && j > 1
            && a.charAt(i - 1) == b.charAt(j - 2)
            && a.charAt(i - 2) == b.charAt(j - 1)) {
          row[j] = Math.min(row[j], beforeLast[j - 2] + 1);
        }
      }
      beforeLast = last;
      last = row;
    }
    return last[b.length()];
  }
}
