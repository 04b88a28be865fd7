// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Rows under headings, aligned. In a terminal it is as wide as that: wide columns wrap; when that
 * leaves too little of them, each row becomes a block of lines instead.
 */
final class Table {
  private static final String GAP = "  ";

  /** A column that wraps below this is not worth reading. */
  private static final int NARROW = 14;

  private final List<String> headings;
  private final List<List<String>> rows = new ArrayList<>();
  private final boolean[] numbers;
  private final boolean[] seen;

  Table(List<String> headings) {
    this.headings = headings;
    this.numbers = new boolean[headings.size()];
    this.seen = new boolean[headings.size()];
  }

  void row(List<? extends @Nullable Object> values) {
    List<String> row = new ArrayList<>();
    for (int i = 0; i < headings.size(); i++) {
      Object value = values.get(i);
      String text = Cells.text(value);
      row.add(text);
      if (!text.isEmpty()) {
        numbers[i] = Cells.isNumber(value) && (numbers[i] || !seen[i]);
        seen[i] = true;
      }
    }
    rows.add(row);
  }

  /** With a line break at the end. */
  String text(Terminal terminal) {
    int[] widths = natural();
    StringBuilder out = new StringBuilder();
    if (terminal.columns() > 0 && total(widths) > terminal.columns()) {
      if (!shrink(widths, terminal.columns())) {
        return blocks(terminal);
      }
    }
    line(out, headings, widths, terminal, true);
    rows.forEach(row -> line(out, row, widths, terminal, false));
    return out.toString();
  }

  private int[] natural() {
    int[] widths = new int[headings.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Width.of(headings.get(i));
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], Width.of(row.get(i)));
      }
    }
    return widths;
  }

  private static int total(int[] widths) {
    int total = GAP.length() * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    return total;
  }

  /** Takes from the widest until it fits; false when too little would be left of it. */
  private boolean shrink(int[] widths, int columns) {
    while (total(widths) > columns) {
      int widest = 0;
      for (int i = 1; i < widths.length; i++) {
        if (widths[i] >= widths[widest]) {
          widest = i;
        }
      }
      if (widths[widest] <= NARROW || widths[widest] <= Width.of(headings.get(widest))) {
        return false;
      }
      widths[widest]--;
    }
    return true;
  }

  private void line(
      StringBuilder out, List<String> row, int[] widths, Terminal terminal, boolean heading) {
    List<List<String>> cells = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < widths.length; i++) {
      List<String> cell = wrap(row.get(i), widths[i]);
      cells.add(cell);
      height = Math.max(height, cell.size());
    }
    for (int n = 0; n < height; n++) {
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        String part = n < cells.get(i).size() ? cells.get(i).get(n) : "";
        String padded =
            numbers[i] ? Width.padLeft(part, widths[i]) : Width.padRight(part, widths[i]);
        line.append(i == 0 ? "" : GAP);
        line.append(
            terminal.color()
                ? heading ? Colors.bold(padded) : Colors.state(row.get(i), padded)
                : padded);
      }
      out.append(terminal.color() ? line : line.toString().stripTrailing()).append('\n');
    }
  }

  /** At blanks where there are any, else anywhere. */
  static List<String> wrap(String text, int width) {
    if (Width.of(text) <= width) {
      return List.of(text);
    }
    List<String> lines = new ArrayList<>();
    String rest = text;
    while (Width.of(rest) > width) {
      String head = Width.head(rest, width);
      if (head.isEmpty()) {
        head = rest.substring(0, rest.offsetByCodePoints(0, 1));
      }
      int blank = rest.charAt(head.length()) == ' ' ? head.length() : head.lastIndexOf(' ');
      if (blank > 0) {
        lines.add(rest.substring(0, blank));
        rest = rest.substring(blank + 1);
      } else {
        lines.add(head);
        rest = rest.substring(head.length());
      }
    }
    if (!rest.isEmpty()) {
      lines.add(rest);
    }
    return lines;
  }

  private String blocks(Terminal terminal) {
    StringBuilder out = new StringBuilder();
    for (List<String> row : rows) {
      if (!out.isEmpty()) {
        out.append('\n');
      }
      out.append(pairs(headings, row, terminal));
    }
    return out.toString();
  }

  /** A line for each heading: {@code heading: value}, the values below one another. */
  static String pairs(List<String> headings, List<String> values, Terminal terminal) {
    int width = headings.stream().mapToInt(Width::of).max().orElse(0) + 3;
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < headings.size(); i++) {
      String name = Width.padRight(headings.get(i) + ":", width);
      String value = values.get(i);
      List<String> lines =
          terminal.columns() > width + NARROW
              ? wrap(value, terminal.columns() - width)
              : List.of(value);
      for (int n = 0; n < lines.size(); n++) {
        String head = n == 0 ? name : " ".repeat(width);
        String line =
            terminal.color()
                ? Colors.bold(head) + Colors.state(value, lines.get(n))
                : (head + lines.get(n)).stripTrailing();
        out.append(line).append('\n');
      }
    }
    return out.toString();
  }
}
