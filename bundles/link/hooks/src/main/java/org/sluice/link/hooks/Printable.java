// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

/** Text from outside, made so that a terminal, a log and a line of text can hold it. */
final class Printable {
  private Printable() {}

  /** Whatever is no printable character stands as an escape; it is one line. */
  static String of(String text) {
    return escape(text, false);
  }

  /** The same, of several lines. */
  static String lines(String text) {
    return escape(text, true);
  }

  /** Most texts are, and need no second look. */
  private static boolean plain(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
        return false;
      }
    }
    return true;
  }

  private static String escape(String text, boolean lines) {
    if (plain(text)) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            point -> {
              boolean kept = lines && (point == '\n' || point == '\t');
              switch (Character.getType(point)) {
                case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> {
                  if (kept) {
                    out.appendCodePoint(point);
                  } else if (!lines || point != '\r') {
                    out.append(String.format(point < 0x100 ? "\\x%02x" : "\\u%04x", point));
                  }
                }
                default -> out.appendCodePoint(point);
              }
            });
    return out.toString();
  }
}
