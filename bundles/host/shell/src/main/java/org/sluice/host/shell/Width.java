// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

/** How many columns of a terminal a text takes. */
final class Width {
  /** First and last code point of what terminals show twice as wide, in rising order. */
  private static final int[][] WIDE = {
    {0x1100, 0x115f},
    {0x231a, 0x231b},
    {0x23e9, 0x23ec},
    {0x2614, 0x2615},
    {0x2648, 0x2653},
    {0x26a1, 0x26a1},
    {0x26bd, 0x26be},
    {0x2705, 0x2705},
    {0x274c, 0x274c},
    {0x2753, 0x2755},
    {0x2795, 0x2797},
    {0x2b1b, 0x2b1c},
    {0x2e80, 0x303e},
    {0x3041, 0x33ff},
    {0x3400, 0x4dbf},
    {0x4e00, 0x9fff},
    {0xa000, 0xa4cf},
    {0xa960, 0xa97c},
    {0xac00, 0xd7a3},
    {0xf900, 0xfaff},
    {0xfe30, 0xfe6f},
    {0xff00, 0xff60},
    {0xffe0, 0xffe6},
    {0x16fe0, 0x18aff},
    {0x1b000, 0x1b2ff},
    {0x1f004, 0x1f004},
    {0x1f0cf, 0x1f0cf},
    {0x1f18e, 0x1f19a},
    {0x1f200, 0x1f320},
    {0x1f32d, 0x1f64f},
    {0x1f680, 0x1f6fc},
    {0x1f7e0, 0x1f7eb},
    {0x1f90c, 0x1f9ff},
    {0x1fa70, 0x1faff},
    {0x20000, 0x3fffd},
  };

  private Width() {}

  static int of(String text) {
    int width = 0;
    for (int i = 0; i < text.length(); i += Character.charCount(text.codePointAt(i))) {
      width += of(text.codePointAt(i));
    }
    return width;
  }

  static int of(int codePoint) {
    if (codePoint < 0x7f) {
      return 1;
    }
    switch (Character.getType(codePoint)) {
      case Character.NON_SPACING_MARK, Character.ENCLOSING_MARK, Character.FORMAT -> {
        return 0;
      }
      default -> {
        return wide(codePoint) ? 2 : 1;
      }
    }
  }

  private static boolean wide(int codePoint) {
    int low = 0;
    int high = WIDE.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      if (codePoint < WIDE[middle][0]) {
        high = middle - 1;
      } else if (codePoint > WIDE[middle][1]) {
        low = middle + 1;
      } else {
        return true;
      }
    }
    return false;
  }

  /** The longest beginning that takes no more than this many columns. */
  static String head(String text, int columns) {
    int width = 0;
    int i = 0;
    while (i < text.length()) {
      int codePoint = text.codePointAt(i);
      width += of(codePoint);
      if (width > columns) {
        break;
      }
      i += Character.charCount(codePoint);
    }
    return text.substring(0, i);
  }

  static String padRight(String text, int columns) {
    return text + " ".repeat(Math.max(0, columns - of(text)));
  }

  static String padLeft(String text, int columns) {
    return " ".repeat(Math.max(0, columns - of(text))) + text;
  }
}
