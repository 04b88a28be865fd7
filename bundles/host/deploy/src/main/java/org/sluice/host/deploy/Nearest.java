// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Collection;

/** What was probably meant. */
final class Nearest {
  private Nearest() {}

  /** A half-sentence with the nearest name; empty when none is near. */
  static String hint(String wanted, Collection<String> names) {
    String best = "";
    int least = Math.max(2, wanted.length() / 3);
    for (String name : names) {
      int distance = distance(wanted, name, least);
      if (distance < least) {
        least = distance;
        best = name;
      }
    }
    return best.isEmpty() ? "" : "; the nearest is " + best;
  }

  /** Edits from one to the other; {@code limit} when it takes as many or more. */
  static int distance(String one, String other, int limit) {
    if (Math.abs(one.length() - other.length()) >= limit) {
      return limit;
    }
    int[] row = new int[other.length() + 1];
    for (int j = 0; j < row.length; j++) {
      row[j] = j;
    }
    for (int i = 1; i <= one.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j < row.length; j++) {
        int change = diagonal + (one.charAt(i - 1) == other.charAt(j - 1) ? 0 : 1);
        diagonal = row[j];
        row[j] = Math.min(change, Math.min(row[j], row[j - 1]) + 1);
      }
    }
    return Math.min(limit, row[other.length()]);
  }
}
