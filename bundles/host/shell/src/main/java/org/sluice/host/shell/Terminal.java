// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

/**
 * Where the answer is shown.
 *
 * @param columns its width; 0 when the answer goes into a file or a pipe and is never cut
 */
record Terminal(int columns, boolean color) {
  static final Terminal NONE = new Terminal(0, false);
  private static final int NARROWEST = 20;
  private static final int WIDEST = 1000;

  /** From {@code columns=120 color=true}; what is not understood is left out. */
  static Terminal parse(String text) {
    int columns = 0;
    boolean color = false;
    for (String word : text.strip().split("\\s+")) {
      if (word.matches("columns=\\d{1,5}")) {
        columns = Integer.parseInt(word.substring("columns=".length()));
      } else if (word.startsWith("color=")) {
        color = word.equals("color=true");
      }
    }
    return new Terminal(columns == 0 ? 0 : Math.clamp(columns, NARROWEST, WIDEST), color);
  }
}
