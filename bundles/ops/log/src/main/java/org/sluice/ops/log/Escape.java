// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

/**
 * Makes every character harmless that could end a line, move the cursor, or turn the direction of
 * writing: whoever can choose a name that is logged must not be able to write a record of his own.
 */
final class Escape {
  private Escape() {}

  /** In double quotes, as both formats have it. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder(text.length() + 2).append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\');
      }
      append(text, i, out);
    }
    return out.append('"').toString();
  }

  /** Without quotes. */
  static String text(String text) {
    StringBuilder out = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      append(text, i, out);
    }
    return out.toString();
  }

  private static void append(String text, int i, StringBuilder out) {
    char c = text.charAt(i);
    switch (c) {
      case '\n' -> out.append("\\n");
      case '\r' -> out.append("\\r");
      case '\t' -> out.append("\\t");
      default -> {
        if (harmful(text, i)) {
          out.append("\\u%04x".formatted((int) c));
        } else {
          out.append(c);
        }
      }
    }
  }

  private static boolean harmful(String text, int i) {
    char c = text.charAt(i);
    if (c < 0x7f) {
      return c < ' ';
    }
    if (Character.isSurrogate(c)) {
      return !paired(text, i);
    }
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          true;
      default -> false;
    };
  }

  private static boolean paired(String text, int i) {
    return Character.isHighSurrogate(text.charAt(i))
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
