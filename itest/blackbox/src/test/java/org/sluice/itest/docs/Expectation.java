// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Output as a page tells it: {@code …} stands for anything in a line, or alone for any lines. */
record Expectation(List<String> lines) {
  private static final String ANYTHING = "…";
  private static final Pattern BLANKS = Pattern.compile("\\s{2,}");
  private static final Pattern ESCAPES = Pattern.compile("\u001b\\[[0-9;?]*[a-zA-Z]");

  /** The first line of the page that finds no counterpart, counted from 0; empty when all do. */
  Optional<Integer> mismatch(String output) {
    List<String> wanted = trimmed(lines);
    List<String> actual = trimmed(ESCAPES.matcher(output).replaceAll("").lines().toList());
    // reached[j]: the lines so far can stand for the first j lines of the output
    boolean[] reached = new boolean[actual.size() + 1];
    reached[0] = true;
    for (int i = 0; i < wanted.size(); i++) {
      boolean[] next = new boolean[reached.length];
      boolean any = false;
      if (wanted.get(i).strip().equals(ANYTHING)) {
        boolean seen = false;
        for (int j = 0; j < reached.length; j++) {
          seen |= reached[j];
          next[j] = seen;
        }
        any = true;
      } else {
        Pattern line = pattern(wanted.get(i));
        for (int j = 1; j < reached.length; j++) {
          next[j] = reached[j - 1] && line.matcher(actual.get(j - 1)).matches();
          any |= next[j];
        }
      }
      if (!any) {
        return Optional.of(i);
      }
      reached = next;
    }
    return reached[actual.size()] ? Optional.empty() : Optional.of(wanted.size());
  }

  private static Pattern pattern(String line) {
    String regex =
        Pattern.compile(ANYTHING)
            .splitAsStream(line + "\n")
            .map(part -> Pattern.quote(part.replace("\n", "")))
            .collect(Collectors.joining(".*"));
    return Pattern.compile(regex);
  }

  /** Columns may be wider or narrower than on the page; blank lines at the end do not count. */
  private static List<String> trimmed(List<String> lines) {
    List<String> trimmed = new ArrayList<>();
    for (String line : lines) {
      trimmed.add(BLANKS.matcher(line.stripTrailing()).replaceAll("  "));
    }
    while (!trimmed.isEmpty() && trimmed.getLast().isEmpty()) {
      trimmed.removeLast();
    }
    return trimmed;
  }
}
