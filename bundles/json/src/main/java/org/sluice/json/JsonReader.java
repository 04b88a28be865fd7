// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads one JSON text. Beyond RFC 8259 it takes {@code //} and {@code /* *}{@code /} comments and a
 * comma after the last item, because people write these files by hand; a duplicate name is an
 * error, because one of the two would be lost in silence.
 */
public final class JsonReader {

  /** Deep enough for any configuration, shallow enough for any stack. */
  private static final int DEPTH = 64;

  /** A number with a longer exponent would cost memory out of proportion to the text. */
  private static final int MAX_EXPONENT_DIGITS = 3;

  private final String text;
  private int at;
  private int line = 1;
  private int lineStart;
  private int depth;

  private JsonReader(String text) {
    this.text = text;
  }

  /** Reads a text that consists of one value. */
  public static JsonValue read(String text) throws JsonException {
    JsonReader reader = new JsonReader(text);
    if (text.startsWith("\uFEFF")) {
      reader.at = 1;
      reader.lineStart = 1;
    }
    reader.skipBlank();
    JsonValue value = reader.value();
    reader.skipBlank();
    if (reader.at < text.length()) {
      throw reader.error("expected the end of the text, found " + reader.found());
    }
    return value;
  }

  private JsonValue value() throws JsonException {
    if (at >= text.length()) {
      throw error("expected a value, found " + found());
    }
    Place place = place();
    char c = text.charAt(at);
    if (c == '{') {
      return object(place);
    }
    if (c == '[') {
      return array(place);
    }
    if (c == '"') {
      return new JsonValue.Str(place, string());
    }
    if (c == '-' || (c >= '0' && c <= '9')) {
      return number(place);
    }
    if (Character.isLetter(c)) {
      return word(place);
    }
    throw error("expected a value, found " + found());
  }

  private JsonValue object(Place place) throws JsonException {
    enter();
    List<JsonValue.Member> members = new ArrayList<>();
    Map<String, Place> seen = new HashMap<>();
    at++;
    skipBlank();
    while (!take('}')) {
      Place namePlace = place();
      if (at >= text.length() || text.charAt(at) != '"') {
        throw error("expected a key in double quotes or '}', found " + found());
      }
      String name = string();
      Place first = seen.putIfAbsent(name, namePlace);
      if (first != null) {
        throw new JsonException(
            namePlace, "the key \"" + name + "\" stands here again, first in line " + first.line());
      }
      skipBlank();
      if (!take(':')) {
        throw error("expected ':' after the key \"" + name + "\", found " + found());
      }
      skipBlank();
      members.add(new JsonValue.Member(name, namePlace, value()));
      separator('}', "the value of \"" + name + "\"");
    }
    depth--;
    return new JsonValue.Obj(place, List.copyOf(members));
  }

  private JsonValue array(Place place) throws JsonException {
    enter();
    List<JsonValue> items = new ArrayList<>();
    at++;
    skipBlank();
    while (!take(']')) {
      items.add(value());
      separator(']', "item " + items.size() + " of the list");
    }
    depth--;
    return new JsonValue.Arr(place, List.copyOf(items));
  }

  /** After an item: a comma, or the closing bracket, which stays for the caller. */
  private void separator(char close, String after) throws JsonException {
    Place end = place();
    skipBlank();
    if (take(',')) {
      skipBlank();
    } else if (at >= text.length() || text.charAt(at) != close) {
      // The comma is missing where the item ended, not where the next one begins.
      throw new JsonException(
          end, "expected ',' or '" + close + "' after " + after + ", found " + found());
    }
  }

  private void enter() throws JsonException {
    if (++depth > DEPTH) {
      throw error("nested deeper than " + DEPTH + " levels");
    }
  }

  private String string() throws JsonException {
    Place start = place();
    StringBuilder out = new StringBuilder();
    at++;
    while (true) {
      if (at >= text.length() || text.charAt(at) == '\n') {
        throw new JsonException(start, "this text has no closing quote in its line");
      }
      char c = text.charAt(at);
      if (c == '"') {
        at++;
        return out.toString();
      }
      if (c == '\\') {
        out.append(escape());
      } else if (c < ' ') {
        throw error("a control character in a text must be written as " + unicode(c));
      } else {
        out.append(c);
        at++;
      }
    }
  }

  private char escape() throws JsonException {
    char c = at + 1 < text.length() ? text.charAt(at + 1) : '\n';
    int plain = "\"\\/bfnrt".indexOf(c);
    if (plain >= 0) {
      at += 2;
      return "\"\\/\b\f\n\r\t".charAt(plain);
    }
    if (c == 'u' && at + 6 <= text.length()) {
      int code = 0;
      for (int i = at + 2; i < at + 6; i++) {
        int digit = Character.digit(text.charAt(i), 16);
        if (digit < 0 || text.charAt(i) > 'f') {
          throw error("expected four hexadecimal digits after \\u");
        }
        code = code * 16 + digit;
      }
      at += 6;
      return (char) code;
    }
    throw error("unknown escape \\" + (c == '\n' ? "" : c) + " in a text");
  }

  private JsonValue number(Place place) throws JsonException {
    int start = at;
    take('-');
    if (!take('0')) {
      digits();
    }
    if (take('.')) {
      digits();
    }
    if (at < text.length() && (text.charAt(at) == 'e' || text.charAt(at) == 'E')) {
      at++;
      if (!take('+')) {
        take('-');
      }
      int exponent = at;
      digits();
      if (at - exponent > MAX_EXPONENT_DIGITS) {
        throw new JsonException(place, "this number is out of any range");
      }
    }
    if (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
      throw new JsonException(place, "not a number: " + wordAt(start));
    }
    return new JsonValue.Num(place, new BigDecimal(text.substring(start, at)));
  }

  private void digits() throws JsonException {
    int start = at;
    while (at < text.length() && text.charAt(at) >= '0' && text.charAt(at) <= '9') {
      at++;
    }
    if (at == start) {
      throw error("expected a digit, found " + found());
    }
  }

  private JsonValue word(Place place) throws JsonException {
    String word = wordAt(at);
    JsonValue value =
        switch (word) {
          case "true" -> new JsonValue.Bool(place, true);
          case "false" -> new JsonValue.Bool(place, false);
          case "null" -> new JsonValue.Null(place);
          default ->
              throw new JsonException(
                  place, "unknown word " + word + "; a text needs double quotes: \"" + word + "\"");
        };
    at += word.length();
    return value;
  }

  private String wordAt(int start) {
    int end = start;
    while (end < text.length()
        && (Character.isLetterOrDigit(text.charAt(end)) || "._-+".indexOf(text.charAt(end)) >= 0)) {
      end++;
    }
    return text.substring(start, end);
  }

  private void skipBlank() throws JsonException {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '\n') {
        newline();
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (text.startsWith("//", at)) {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (text.startsWith("/*", at)) {
        Place start = place();
        int end = text.indexOf("*/", at + 2);
        if (end < 0) {
          throw new JsonException(start, "this comment has no end");
        }
        while (at < end) {
          if (text.charAt(at) == '\n') {
            newline();
          } else {
            at++;
          }
        }
        at = end + 2;
      } else {
        return;
      }
    }
  }

  private void newline() {
    at++;
    line++;
    lineStart = at;
  }

  private boolean take(char c) {
    if (at < text.length() && text.charAt(at) == c) {
      at++;
      return true;
    }
    return false;
  }

  private Place place() {
    return new Place(line, at - lineStart + 1);
  }

  private JsonException error(String message) {
    return new JsonException(place(), message);
  }

  private String found() {
    if (at >= text.length()) {
      return "the end of the text";
    }
    char c = text.charAt(at);
    return Character.isLetterOrDigit(c) ? wordAt(at) : c < ' ' ? unicode(c) : "'" + c + "'";
  }

  private static String unicode(char c) {
    return String.format("\\u%04x", (int) c);
  }
}
