// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;

/**
 * Names of interfaces as text that is safe to print.
 *
 * <p>The kernel takes almost any bytes as a name: shell syntax, escape sequences of terminals,
 * broken UTF-8. A name in this house is printable text: what is no printable character of UTF-8
 * stands as {@code \xNN}, and a backslash as {@code \\}, so two names never look alike and the
 * bytes can be had back. It is data all the same: never a part of a command line, a path or a
 * pattern.
 */
public final class LinkName {
  private static final int LONGEST_SHOWN = 256;

  private LinkName() {}

  /**
   * @param name as the kernel has it, without the zero byte
   */
  public static String printable(byte[] name) {
    boolean plain = true;
    for (byte b : name) {
      plain &= b > ' ' && b < 0x7f && b != '\\';
    }
    if (plain) {
      return new String(name, StandardCharsets.US_ASCII);
    }
    StringBuilder out = new StringBuilder(name.length * 2);
    for (int i = 0; i < name.length; ) {
      int length = character(name, i);
      if (length == 0) {
        out.append("\\x").append(HexFormat.of().toHexDigits(name[i]));
        i++;
      } else if (name[i] == '\\') {
        out.append("\\\\");
        i++;
      } else {
        out.append(new String(name, i, length, StandardCharsets.UTF_8));
        i += length;
      }
    }
    return out.toString();
  }

  /**
   * The same for a text that somebody else wrote and that is only shown, such as an option of a
   * DHCP server: of bounded length, so that it does not come back as it was.
   */
  public static String shown(String text) {
    String head = text.length() <= LONGEST_SHOWN ? text : text.substring(0, LONGEST_SHOWN) + "…";
    return printable(head.getBytes(StandardCharsets.UTF_8));
  }

  /** The bytes of a name that {@link #printable} made. */
  public static byte[] bytes(String printable) {
    ByteBuffer out = ByteBuffer.allocate(printable.length() * 3);
    for (int i = 0; i < printable.length(); ) {
      char c = printable.charAt(i);
      if (c != '\\') {
        int end = printable.offsetByCodePoints(i, 1);
        out.put(StandardCharsets.UTF_8.encode(CharBuffer.wrap(printable, i, end)));
        i = end;
      } else if (printable.startsWith("\\\\", i)) {
        out.put((byte) '\\');
        i += 2;
      } else if (printable.startsWith("\\x", i) && i + 4 <= printable.length()) {
        out.put((byte) HexFormat.fromHexDigits(printable, i + 2, i + 4));
        i += 4;
      } else {
        throw new IllegalArgumentException(
            printable + ": a backslash is followed by another one or by x and two digits");
      }
    }
    byte[] bytes = new byte[out.flip().remaining()];
    out.get(bytes);
    return bytes;
  }

  /** How many bytes the printable character at {@code from} has; 0 when there is none. */
  private static int character(byte[] name, int from) {
    int first = Byte.toUnsignedInt(name[from]);
    int length = first < 0x80 ? 1 : first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
    if (from + length > name.length) {
      return 0;
    }
    CharsetDecoder strict = StandardCharsets.UTF_8.newDecoder();
    try {
      int point = Character.codePointAt(strict.decode(ByteBuffer.wrap(name, from, length)), 0);
      return printable(point) ? length : 0;
    } catch (CharacterCodingException e) {
      return 0;
    }
  }

  /** Whether a terminal shows it as one visible mark and does nothing else. */
  private static boolean printable(int point) {
    return switch (Character.getType(point)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR,
          Character.SPACE_SEPARATOR,
          Character.NON_SPACING_MARK,
          Character.ENCLOSING_MARK,
          Character.COMBINING_SPACING_MARK ->
          false;
      default -> true;
    };
  }
}
