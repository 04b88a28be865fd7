// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkName;

/**
 * Texts that came from a DHCP server by way of dhclient. They are kept as one character a byte (ISO
 * 8859-1) until it is known what they are, for nobody promised that they are UTF-8.
 */
final class Texts {
  private static final Pattern FOUR = Pattern.compile("\\d{1,3}(\\.\\d{1,3}){3}");
  private static final Pattern SIX = Pattern.compile("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*");
  private static final Pattern NAME =
      Pattern.compile("[A-Za-z0-9_-]{1,63}(\\.[A-Za-z0-9_-]{1,63})*");
  private static final int LONGEST_NAME = 253;
  private static final int LONGEST_NUMBER = 18;

  /** An option of DHCPv4 has 255 bytes, and may be split. */
  private static final int LONGEST_TEXT = 1024;

  private Texts() {}

  /** As a person may see it: what is no printable character stands as {@code \xNN}. */
  static String printable(String bytes) {
    String part = bytes.length() > LONGEST_TEXT ? bytes.substring(0, LONGEST_TEXT) : bytes;
    String out =
        Stream.of(part.split(" ", -1))
            .map(word -> LinkName.printable(word.getBytes(StandardCharsets.ISO_8859_1)))
            .collect(Collectors.joining(" "));
    return part.length() == bytes.length() ? out : out + "…";
  }

  /** Undoes what dhclient does to a text before it hands it to its script. */
  static String unescaped(String text) {
    if (text.indexOf('\\') < 0) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && octal(text, i + 1)) {
        out.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
        i += 3;
      } else if (c == '\\' && i + 1 < text.length()) {
        out.append(text.charAt(++i));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }

  private static boolean octal(String text, int from) {
    return from + 3 <= text.length()
        && text.charAt(from) >= '0'
        && text.charAt(from) <= '3'
        && digit(text.charAt(from + 1))
        && digit(text.charAt(from + 2));
  }

  private static boolean digit(char c) {
    return c >= '0' && c <= '7';
  }

  /** Null when it is none of that family. */
  static @Nullable IpAddress address(String text, boolean six) {
    if (!(six ? SIX : FOUR).matcher(text).matches()) {
      return null;
    }
    try {
      IpAddress address = IpAddress.parse(text);
      return address.six() == six ? address : null;
    } catch (IllegalArgumentException e) {
      return null;
    }
  }

  /** A domain or a host, without the dot at the end; null when it is neither. */
  static @Nullable String name(String text) {
    String bare = text.endsWith(".") ? text.substring(0, text.length() - 1) : text;
    return bare.length() <= LONGEST_NAME && NAME.matcher(bare).matches() ? bare : null;
  }

  /** -1 when it is no number. */
  static long number(String text) {
    if (text.isEmpty() || text.length() > LONGEST_NUMBER) {
      return -1;
    }
    return text.chars().allMatch(c -> c >= '0' && c <= '9') ? Long.parseLong(text) : -1;
  }
}
