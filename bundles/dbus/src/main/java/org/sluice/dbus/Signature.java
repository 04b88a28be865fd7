// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Types, one after the other, in the letters of the specification: {@code a{sv}}, {@code (ias)uu}.
 *
 * @param value at most 255 characters, at most 32 arrays and 32 structures deep
 */
public record Signature(String value) implements DBusValue {
  static final int LONGEST = 255;
  static final int DEEPEST = 32;

  static final Signature NONE = new Signature("");
  static final Signature BYTE = new Signature("y");
  static final Signature BOOLEAN = new Signature("b");
  static final Signature INT16 = new Signature("n");
  static final Signature UINT16 = new Signature("q");
  static final Signature INT32 = new Signature("i");
  static final Signature UINT32 = new Signature("u");
  static final Signature INT64 = new Signature("x");
  static final Signature UINT64 = new Signature("t");
  static final Signature DOUBLE = new Signature("d");
  static final Signature STRING = new Signature("s");
  static final Signature OBJECT_PATH = new Signature("o");
  static final Signature SIGNATURE = new Signature("g");
  static final Signature VARIANT = new Signature("v");
  static final Signature BYTES = new Signature("ay");

  private static final String BASIC = "ybnqiuxtdsogh";

  public Signature {
    String wrong = wrong(value);
    if (wrong != null) {
      throw new IllegalArgumentException(wrong);
    }
  }

  /** The complete types, each a signature of its own. */
  public List<Signature> types() {
    List<Signature> types = new ArrayList<>();
    for (int at = 0; at < value.length(); ) {
      int end = end(value, at);
      types.add(new Signature(value.substring(at, end)));
      at = end;
    }
    return List.copyOf(types);
  }

  /** Exactly one complete type. */
  public boolean single() {
    return !value.isEmpty() && end(value, 0) == value.length();
  }

  @Override
  public Signature type() {
    return SIGNATURE;
  }

  @Override
  public String toString() {
    return value;
  }

  /** The one with this letter alone, if it is a type that can be received. */
  static @Nullable Signature ofLetter(char letter) {
    return switch (letter) {
      case 'y' -> BYTE;
      case 'b' -> BOOLEAN;
      case 'n' -> INT16;
      case 'q' -> UINT16;
      case 'i' -> INT32;
      case 'u' -> UINT32;
      case 'x' -> INT64;
      case 't' -> UINT64;
      case 'd' -> DOUBLE;
      case 's' -> STRING;
      case 'o' -> OBJECT_PATH;
      case 'g' -> SIGNATURE;
      case 'v' -> VARIANT;
      default -> null;
    };
  }

  /** Where the complete type ends that begins here; of a signature that is known to be right. */
  static int end(String types, int from) {
    int at = from;
    while (types.charAt(at) == 'a') {
      at++;
    }
    int depth = 0;
    do {
      char c = types.charAt(at++);
      if (c == '(' || c == '{') {
        depth++;
      } else if (c == ')' || c == '}') {
        depth--;
      }
    } while (depth > 0);
    return at;
  }

  /** What makes this no signature, or null. */
  static @Nullable String wrong(String text) {
    if (text.length() > LONGEST) {
      return "a signature of " + text.length() + " characters; " + LONGEST + " are allowed";
    }
    Walk walk = new Walk(text);
    while (walk.at < text.length() && walk.wrong == null) {
      walk.type(0, 0);
    }
    return walk.wrong == null
        ? null
        : "the signature " + Names.quoted(text) + " is wrong: " + walk.wrong;
  }

  /** One pass over a text that may be anything. */
  private static final class Walk {
    private final String text;
    private int at;
    private @Nullable String wrong;

    Walk(String text) {
      this.text = text;
    }

    void type(int arrays, int structures) {
      if (at >= text.length()) {
        wrong = "it ends where a type is expected";
        return;
      }
      char c = text.charAt(at);
      if (c == 'a') {
        array(arrays + 1, structures);
      } else if (c == '(') {
        structure(arrays, structures + 1);
      } else if (c == 'v' || BASIC.indexOf(c) >= 0) {
        at++;
      } else {
        wrong = "no type is called " + Names.quoted(String.valueOf(c));
      }
    }

    private void array(int arrays, int structures) {
      at++;
      if (arrays > DEEPEST) {
        wrong = "arrays are nested deeper than " + DEEPEST;
      } else if (at < text.length() && text.charAt(at) == '{') {
        entry(arrays, structures);
      } else {
        type(arrays, structures);
      }
    }

    private void structure(int arrays, int structures) {
      at++;
      if (structures > DEEPEST) {
        wrong = "structures are nested deeper than " + DEEPEST;
        return;
      }
      if (at < text.length() && text.charAt(at) == ')') {
        wrong = "a structure is empty";
        return;
      }
      while (wrong == null && !(at < text.length() && text.charAt(at) == ')')) {
        type(arrays, structures);
      }
      at++;
    }

    private void entry(int arrays, int structures) {
      at++;
      if (at >= text.length() || BASIC.indexOf(text.charAt(at)) < 0) {
        wrong = "the key of a dictionary is not of a basic type";
        return;
      }
      at++;
      type(arrays, structures);
      if (wrong == null && !(at < text.length() && text.charAt(at) == '}')) {
        wrong = "an entry of a dictionary is not one key and one value";
      }
      at++;
    }
  }
}
