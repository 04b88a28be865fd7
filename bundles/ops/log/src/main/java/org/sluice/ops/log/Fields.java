// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * A message taken apart: its text, and the {@code key=value} pairs at its end.
 *
 * @param text what stands before the pairs
 */
record Fields(String text, Map<String, String> pairs) {
  static final String ERROR = "error";
  static final String STACK = "stack";
  static final String BUNDLE = "bundle";
  static final String COMPONENT = "component";

  /** Keys that a message cannot set, because readers trust them. */
  private static final Set<String> OURS =
      Set.of("ts", "level", "src", "msg", ERROR, STACK, "suppressed");

  /**
   * Only an unbroken row of pairs at the very end counts: elsewhere an equals sign may be part of
   * the sentence.
   */
  static Fields of(String message) {
    Map<String, String> pairs = new LinkedHashMap<>();
    int textEnd = 0;
    int at = 0;
    while (at < message.length()) {
      if (message.charAt(at) == ' ') {
        at++;
        continue;
      }
      int equals = key(message, at);
      int end = equals < 0 ? word(message, at) : value(message, equals + 1);
      String key = equals < 0 ? "" : message.substring(at, equals);
      if (key.isEmpty() || OURS.contains(key) || pairs.containsKey(key)) {
        pairs.clear();
        textEnd = end;
      } else {
        pairs.put(key, unquoted(message.substring(equals + 1, end)));
      }
      at = end;
    }
    // A message of nothing but pairs is kept as it is: a record needs a text.
    return textEnd == 0
        ? new Fields(message.strip(), Map.of())
        : new Fields(message.substring(0, textEnd).strip(), pairs);
  }

  /** Where the equals sign behind the key stands, or -1 when here is no key. */
  private static int key(String message, int start) {
    for (int i = start; i < message.length(); i++) {
      char c = message.charAt(i);
      boolean letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
      if (c == '=' && i > start) {
        return i;
      }
      boolean further = (c >= '0' && c <= '9') || c == '.' || c == '-';
      if (!letter && !(further && i > start)) {
        return -1;
      }
    }
    return -1;
  }

  private static int word(String message, int start) {
    int space = message.indexOf(' ', start);
    return space < 0 ? message.length() : space;
  }

  /** The end of a value, which is quoted when it has spaces. */
  private static int value(String message, int start) {
    if (start >= message.length() || message.charAt(start) != '"') {
      return word(message, start);
    }
    for (int i = start + 1; i < message.length(); i++) {
      char c = message.charAt(i);
      if (c == '\\') {
        i++;
      } else if (c == '"') {
        return word(message, i);
      }
    }
    return message.length();
  }

  private static String unquoted(String value) {
    if (value.length() < 2 || value.charAt(0) != '"' || !value.endsWith("\"")) {
      return value;
    }
    StringBuilder out = new StringBuilder();
    for (int i = 1; i < value.length() - 1; i++) {
      char c = value.charAt(i);
      if (c == '\\' && i + 1 < value.length() - 1) {
        i++;
        out.append(value.charAt(i));
      } else {
        out.append(c);
      }
    }
    return out.toString();
  }
}
