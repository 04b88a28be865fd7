// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import org.jspecify.annotations.Nullable;

/**
 * The name of an object within a connection, such as {@code /org/freedesktop/network1/link/_32}.
 *
 * @param value {@code /}, or words of letters, digits and {@code _}, each after a {@code /}
 */
public record ObjectPath(String value) implements DBusValue {
  public static final ObjectPath ROOT = new ObjectPath("/");

  public ObjectPath {
    String wrong = wrong(value);
    if (wrong != null) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** This path, or one below it. */
  public boolean contains(ObjectPath other) {
    return value.equals("/")
        || other.value.equals(value)
        || (other.value.startsWith(value) && other.value.charAt(value.length()) == '/');
  }

  @Override
  public Signature type() {
    return Signature.OBJECT_PATH;
  }

  @Override
  public String toString() {
    return value;
  }

  /** What makes this no object path, or null. */
  static @Nullable String wrong(String text) {
    if (text.equals("/")) {
      return null;
    }
    boolean slash = false;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (i == 0 ? c != '/' : !(c == '/' ? !slash : Names.letter(c) || Names.digit(c))) {
        return Names.quoted(text) + " is no object path: wrong at character " + (i + 1);
      }
      slash = c == '/';
    }
    return text.isEmpty() || slash
        ? Names.quoted(text) + " is no object path: it must begin with / and not end with it"
        : null;
  }
}
