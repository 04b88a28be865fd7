// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

/** Whether a text may be a whole line of the shell's language, or surely goes on. */
final class Balance {
  private Balance() {}

  static boolean isWhole(String text) {
    StringBuilder open = new StringBuilder();
    char quote = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && quote != '\'') {
        if (i + 1 == text.length()) {
          return false;
        }
        i++;
      } else if (quote != 0) {
        quote = c == quote ? 0 : quote;
      } else if (c == '\'' || c == '"') {
        quote = c;
      } else if ("({[".indexOf(c) >= 0) {
        open.append(c);
      } else if (")}]".indexOf(c) >= 0) {
        // One too many is for the process to complain about.
        if (open.isEmpty()) {
          return true;
        }
        open.setLength(open.length() - 1);
      }
    }
    return quote == 0 && open.isEmpty();
  }
}
