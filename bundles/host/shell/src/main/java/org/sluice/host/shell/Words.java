// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * A line that is nothing but one command with literal arguments. Words are separated by blanks and
 * may be quoted; everything else means something to Gogo, and a line that has any of it is not
 * plain.
 */
final class Words {
  private static final String MEANINGFUL = "$|&;<>(){}[]`\\\n\r*?~!#%=@^";
  private static final String MEANINGFUL_WITHIN_DOUBLE_QUOTES = "$`\\!";

  private Words() {}

  /** The words of a plain line; empty when it is not plain. */
  static Optional<List<String>> plain(String line) {
    List<String> words = new ArrayList<>();
    StringBuilder word = new StringBuilder();
    boolean within = false;
    int i = 0;
    while (i < line.length()) {
      char c = line.charAt(i++);
      if (c == '\'' || c == '"') {
        int end = line.indexOf(c, i);
        String quoted = end < 0 ? "" : line.substring(i, end);
        if (end < 0 || (c == '"' && containsAny(quoted, MEANINGFUL_WITHIN_DOUBLE_QUOTES))) {
          return Optional.empty();
        }
        word.append(quoted);
        within = true;
        i = end + 1;
      } else if (c == ' ' || c == '\t') {
        if (within) {
          words.add(word.toString());
        }
        word.setLength(0);
        within = false;
      } else if (MEANINGFUL.indexOf(c) >= 0 && !(c == '=' && within)) {
        return Optional.empty();
      } else {
        word.append(c);
        within = true;
      }
    }
    if (within) {
      words.add(word.toString());
    }
    return Optional.of(words);
  }

  private static boolean containsAny(String text, String characters) {
    return text.chars().anyMatch(c -> characters.indexOf(c) >= 0);
  }

  /**
   * The line without the word, wherever it stands outside of quotes; the same when it is not there.
   */
  static String without(String line, String option) {
    StringBuilder out = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (quote == 0 && line.startsWith(option, i) && alone(line, i, i + option.length())) {
        i += option.length() - 1;
        continue;
      }
      if (c == '\\' && quote != '\'' && i + 1 < line.length()) {
        out.append(c);
        c = line.charAt(++i);
      } else if (quote == 0 && (c == '\'' || c == '"')) {
        quote = c;
      } else if (c == quote) {
        quote = 0;
      }
      out.append(c);
    }
    return out.toString();
  }

  private static boolean alone(String line, int from, int to) {
    return (from == 0 || " \t(|;&\n".indexOf(line.charAt(from - 1)) >= 0)
        && (to == line.length() || " \t)|;&\n".indexOf(line.charAt(to)) >= 0);
  }
}
