// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.jspecify.annotations.Nullable;

/** How the names of the specification are spelt. */
final class Names {
  static final int LONGEST = 255;
  static final String BUS = "org.freedesktop.DBus";
  static final String PEER = "org.freedesktop.DBus.Peer";
  static final String INTROSPECTABLE = "org.freedesktop.DBus.Introspectable";
  static final String PROPERTIES = "org.freedesktop.DBus.Properties";

  private static final int SHOWN = 80;

  private Names() {}

  /** What makes this no name of a connection, neither unique nor well known, or null. */
  static @Nullable String wrongBusName(String name) {
    if (unique(name)) {
      return wrong(name, 1, true, true, "bus name");
    }
    return wrong(name, 0, false, true, "bus name");
  }

  static @Nullable String wrongInterface(String name) {
    return wrong(name, 0, false, false, "interface name");
  }

  static @Nullable String wrongErrorName(String name) {
    return wrong(name, 0, false, false, "error name");
  }

  static @Nullable String wrongMember(String name) {
    if (name.isEmpty() || name.length() > LONGEST || digit(name.charAt(0))) {
      return quoted(name) + " is no member name: it takes 1 to 255 characters, the first no digit";
    }
    for (int i = 0; i < name.length(); i++) {
      if (!letter(name.charAt(i)) && !digit(name.charAt(i))) {
        return quoted(name) + " is no member name: wrong at character " + (i + 1);
      }
    }
    return null;
  }

  static String checkBusName(String name) {
    return check(name, wrongBusName(name));
  }

  /** A name that can be owned: not the name of a connection itself. */
  static String checkWellKnown(String name) {
    checkBusName(name);
    if (unique(name)) {
      throw new IllegalArgumentException(name + " is the name of a connection for its life");
    }
    return name;
  }

  static String checkInterface(String name) {
    return check(name, wrongInterface(name));
  }

  static String checkMember(String name) {
    return check(name, wrongMember(name));
  }

  static String checkErrorName(String name) {
    return check(name, wrongErrorName(name));
  }

  static boolean unique(String name) {
    return name.startsWith(":");
  }

  static boolean letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
  }

  static boolean digit(char c) {
    return c >= '0' && c <= '9';
  }

  /** For messages: short, in one line, and in ASCII, whatever a stranger called himself. */
  static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < Math.min(text.length(), SHOWN); i++) {
      char c = text.charAt(i);
      out.append(c < ' ' || c > '~' ? '?' : c);
    }
    return out.append(text.length() > SHOWN ? "…\"" : "\"").toString();
  }

  private static String check(String name, @Nullable String wrong) {
    if (wrong != null) {
      throw new IllegalArgumentException(wrong);
    }
    return name;
  }

  /** Words between dots, at least two. */
  private static @Nullable String wrong(
      String name, int from, boolean digitFirst, boolean hyphen, String what) {
    if (name.length() > LONGEST) {
      return quoted(name) + " is no " + what + ": longer than " + LONGEST + " characters";
    }
    int words = 1;
    boolean first = true;
    for (int i = from; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c == '.' && !first) {
        words++;
        first = true;
      } else if (letter(c) || (hyphen && c == '-') || (digit(c) && (!first || digitFirst))) {
        first = false;
      } else {
        return quoted(name) + " is no " + what + ": wrong at character " + (i + 1);
      }
    }
    return words < 2 || first
        ? quoted(name) + " is no " + what + ": it takes at least two words with a dot between"
        : null;
  }
}
