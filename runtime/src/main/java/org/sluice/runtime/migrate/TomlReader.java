// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Reads TOML as far as configuration of services goes: tables, strings on one line, numbers,
 * booleans, arrays. What it does not know it refuses by name.
 */
final class TomlReader {
  private static final int DEEPEST = 50;
  private static final char END = '\0';

  private final Path file;
  private final String text;
  private final Map<String, Setting> root = new LinkedHashMap<>();
  private Map<String, Setting> table = root;
  private int at;
  private int line = 1;

  private TomlReader(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  static Setting.Group read(Path file) throws IOException, SettingsException {
    return new TomlReader(file, SourceText.read(file)).parse();
  }

  private Setting.Group parse() throws SettingsException {
    while (true) {
      blank(true);
      char c = peek();
      if (c == END) {
        return new Setting.Group(root, 1);
      }
      if (c == '[') {
        table();
      } else {
        pair();
      }
      blank(false);
      if (peek() != '\n' && peek() != END) {
        throw wrong("there is more on this line than one thing: " + peek());
      }
    }
  }

  private void table() throws SettingsException {
    at++;
    if (peek() == '[') {
      throw wrong("[[…]], a list of tables, is not understood: write what is in it by hand");
    }
    List<String> path = path();
    if (peek() != ']') {
      throw wrong("expected ] after the name of the table");
    }
    at++;
    table = root;
    for (String name : path) {
      table = inner(table, name);
    }
  }

  private void pair() throws SettingsException {
    int begin = line;
    List<String> path = path();
    if (peek() != '=') {
      throw wrong("expected KEY = VALUE");
    }
    at++;
    blank(false);
    Map<String, Setting> into = table;
    for (String name : path.subList(0, path.size() - 1)) {
      into = inner(into, name);
    }
    if (into.putIfAbsent(path.getLast(), value(0)) != null) {
      throw new SettingsException(
          file, begin, "the key " + path.getLast() + " is there twice: remove one");
    }
  }

  private Map<String, Setting> inner(Map<String, Setting> outer, String name)
      throws SettingsException {
    Setting there =
        outer.computeIfAbsent(name, _ -> new Setting.Group(new LinkedHashMap<>(), line));
    if (there instanceof Setting.Group group) {
      return group.all();
    }
    throw wrong(name + " is a value on line " + there.line() + " and a table here");
  }

  private List<String> path() throws SettingsException {
    List<String> names = new ArrayList<>();
    while (true) {
      blank(false);
      char c = peek();
      if (c == '"' || c == '\'') {
        names.add(string());
      } else {
        int from = at;
        while (Character.isLetterOrDigit(peek()) || peek() == '_' || peek() == '-') {
          at++;
        }
        if (from == at) {
          throw wrong("expected the name of a key");
        }
        names.add(text.substring(from, at));
      }
      blank(false);
      if (peek() != '.') {
        return names;
      }
      at++;
    }
  }

  private Setting value(int depth) throws SettingsException {
    int begin = line;
    char c = peek();
    if (c == '"' || c == '\'') {
      return new Setting.Scalar(string(), begin);
    }
    if (c == '[') {
      if (depth > DEEPEST) {
        throw wrong("more than " + DEEPEST + " levels");
      }
      return new Setting.Items(items(depth), begin);
    }
    if (c == '{') {
      throw wrong("{…}, a table on one line, is not understood: write it as [NAME]");
    }
    int from = at;
    while (Character.isLetterOrDigit(peek()) || "+-_.:".indexOf(peek()) >= 0) {
      at++;
    }
    String word = text.substring(from, at);
    if (!word.matches("true|false|[+-]?(inf|nan)|[+-]?\\d.*")) {
      throw wrong(
          word.isEmpty()
              ? "expected a value after ="
              : "\"" + word + "\" is no value: put a text in quotes");
    }
    return new Setting.Scalar(word.replace("_", ""), begin);
  }

  private List<Setting> items(int depth) throws SettingsException {
    List<Setting> all = new ArrayList<>();
    at++;
    while (true) {
      blank(true);
      if (peek() == ']') {
        at++;
        return all;
      }
      all.add(value(depth + 1));
      blank(true);
      if (peek() == ',') {
        at++;
      } else if (peek() != ']') {
        throw wrong("expected , or ] in a list");
      }
    }
  }

  private String string() throws SettingsException {
    char quote = text.charAt(at++);
    if (peek() == quote && at + 1 < text.length() && text.charAt(at + 1) == quote) {
      throw wrong("a text of several lines is not understood: write it on one");
    }
    StringBuilder out = new StringBuilder();
    while (peek() != quote) {
      char c = peek();
      if (c == END || c == '\n') {
        throw wrong("a text is not ended by " + quote);
      }
      at++;
      out.append(c == '\\' && quote == '"' ? escaped() : String.valueOf(c));
    }
    at++;
    return out.toString();
  }

  private String escaped() throws SettingsException {
    char c = peek();
    at++;
    return switch (c) {
      case 'b' -> "\b";
      case 't' -> "\t";
      case 'n' -> "\n";
      case 'f' -> "\f";
      case 'r' -> "\r";
      case '"', '\\' -> String.valueOf(c);
      case 'u', 'U' -> {
        int end = at + (c == 'u' ? 4 : 8);
        try {
          String digits = text.substring(at, Math.min(end, text.length()));
          at = end;
          yield Character.toString(Integer.parseInt(digits, 16));
        } catch (IllegalArgumentException e) {
          throw wrong("\\" + c + " is not followed by the number of a character");
        }
      }
      default -> throw wrong("\\" + c + " means nothing in a text");
    };
  }

  /** Passes over blanks and a remark, and over ends of lines if asked. */
  private void blank(boolean lines) {
    while (true) {
      char c = peek();
      if (c == '#') {
        while (peek() != '\n' && peek() != END) {
          at++;
        }
      } else if (c == ' ' || c == '\t' || c == '\r') {
        at++;
      } else if (c == '\n' && lines) {
        at++;
        line++;
      } else {
        return;
      }
    }
  }

  private char peek() {
    return at < text.length() ? text.charAt(at) : END;
  }

  private SettingsException wrong(String what) {
    return new SettingsException(file, line, what);
  }
}
