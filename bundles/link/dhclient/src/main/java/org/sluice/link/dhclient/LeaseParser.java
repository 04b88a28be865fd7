// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Splits a lease file into statements. A statement that has no end yet is not there: dhclient
 * appends while it is read, and a write may have been cut short by a crash.
 */
final class LeaseParser {
  private static final int DEEPEST = 8;
  private static final char END = 0;
  private static final char WORD = 'w';

  private final String text;
  private int at;

  /** What the last token was: one of {@code { } ; ,}, a word, or the end. */
  private char kind;

  private String word = "";
  private boolean quoted;

  /** Where the last token began. */
  private int began;

  /** Whether a lease began before the one around it had ended. */
  private boolean restart;

  private LeaseParser(byte[] bytes) {
    text = new String(bytes, StandardCharsets.ISO_8859_1);
  }

  static List<Statement> parse(byte[] bytes) {
    LeaseParser parser = new LeaseParser(bytes);
    List<Statement> all = new ArrayList<>();
    while (parser.at < parser.text.length()) {
      Statement statement = parser.statement(0);
      if (statement != null && !statement.words().isEmpty()) {
        all.add(statement);
      }
      if (parser.restart) {
        parser.restart = false;
        parser.at = parser.began;
      }
    }
    return all;
  }

  /** Null when it has no end, or was cut short by the next lease. */
  private @Nullable Statement statement(int depth) {
    List<String> words = new ArrayList<>();
    int lease = -1;
    while (true) {
      next();
      switch (kind) {
        case END -> {
          return null;
        }
        case ';' -> {
          return new Statement(words, List.of());
        }
        case '}' -> {
          // Of a block that was cut short before: here it ends nothing.
          if (depth > 0) {
            at = began;
          }
          return new Statement(List.of(), List.of());
        }
        case '{' -> {
          if (lease >= 0 && depth > 0) {
            restart = true;
            began = lease;
            return null;
          }
          List<Statement> body = depth < DEEPEST ? body(depth + 1) : skipped();
          List<String> head = lease >= 0 ? List.of(words.getLast()) : words;
          return body == null ? null : new Statement(head, body);
        }
        case WORD -> {
          words.add(word);
          lease = beginsLease() ? began : -1;
        }
        default -> {
          // A comma only separates.
          lease = -1;
        }
      }
    }
  }

  /** Nothing else stands at the beginning of a line with such a word. */
  private boolean beginsLease() {
    return !quoted
        && (word.equals("lease") || word.equals("lease6"))
        && (began == 0 || text.charAt(began - 1) == '\n');
  }

  private @Nullable List<Statement> body(int depth) {
    List<Statement> body = new ArrayList<>();
    while (true) {
      int before = at;
      next();
      if (kind == '}') {
        return body;
      }
      at = before;
      Statement statement = statement(depth);
      if (statement == null) {
        return null;
      }
      body.add(statement);
    }
  }

  /** What is nested deeper than any lease file has a use for. */
  private @Nullable List<Statement> skipped() {
    int depth = 1;
    while (depth > 0) {
      next();
      switch (kind) {
        case END -> {
          return null;
        }
        case '{' -> depth++;
        case '}' -> depth--;
        default -> {
          // Not looked at.
        }
      }
    }
    return List.of();
  }

  private void next() {
    blanks();
    began = at;
    if (at >= text.length()) {
      kind = END;
      return;
    }
    char c = text.charAt(at);
    if (mark(c)) {
      kind = c;
      at++;
    } else if (c == '"') {
      at++;
      quotedText();
    } else {
      int from = at;
      while (at < text.length() && !mark(c) && c != '"' && c > ' ') {
        at++;
        c = at < text.length() ? text.charAt(at) : ' ';
      }
      kind = WORD;
      word = text.substring(from, at);
      quoted = false;
    }
  }

  private static boolean mark(char c) {
    return c == '{' || c == '}' || c == ';' || c == ',';
  }

  private void blanks() {
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == '#') {
        int end = text.indexOf('\n', at);
        at = end < 0 ? text.length() : end;
      } else if (c > ' ') {
        return;
      }
      at++;
    }
    at = Math.min(at, text.length());
  }

  /**
   * To the closing quote, or to the end of the line: dhclient writes no line break as it is, so it
   * was cut short. Without either it is the end.
   */
  private void quotedText() {
    StringBuilder out = new StringBuilder();
    while (at < text.length()) {
      char c = text.charAt(at++);
      if (c == '"' || c == '\n') {
        kind = WORD;
        word = out.toString();
        quoted = true;
        return;
      }
      if (c != '\\') {
        out.append(c);
      } else if (at < text.length()) {
        at = escaped(out);
      }
    }
    kind = END;
  }

  /** As dhclient reads its own files: up to three octal digits, two of hex, or one letter. */
  private int escaped(StringBuilder out) {
    char c = text.charAt(at);
    if (c >= '0' && c <= '3') {
      return number(out, at, 3, 8);
    }
    switch (c) {
      case 't' -> out.append('\t');
      case 'r' -> out.append('\r');
      case 'n' -> out.append('\n');
      case 'b' -> out.append('\b');
      case 'x' -> {
        return number(out, at + 1, 2, 16);
      }
      default -> out.append(c);
    }
    return at + 1;
  }

  private int number(StringBuilder out, int from, int most, int base) {
    int value = 0;
    int i = from;
    while (i < text.length() && i < from + most && Character.digit(text.charAt(i), base) >= 0) {
      value = value * base + Character.digit(text.charAt(i), base);
      i++;
    }
    out.append((char) (value & 0xff));
    return i;
  }
}
