// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What became of what, in the order in which it was found. */
final class Report {
  private final List<Line> lines = new ArrayList<>();
  private final Set<String> steps = new LinkedHashSet<>();

  private record Line(Outcome outcome, String where, String text) {}

  /**
   * @param line 0 for the file as a whole
   */
  void add(Outcome outcome, Path file, int line, String text) {
    String where = file + (line > 0 ? ":" + line : "");
    lines.add(new Line(outcome, printable(where), printable(text)));
  }

  /** Something to do by hand, before or after Sluice is started. */
  void step(String text) {
    steps.add(printable(text));
  }

  long count(Outcome outcome) {
    return lines.stream().filter(line -> line.outcome() == outcome).count();
  }

  boolean isEmpty() {
    return lines.isEmpty();
  }

  void print(PrintStream out) {
    int width = lines.stream().mapToInt(line -> line.where().length()).max().orElse(0);
    for (Line line : lines) {
      out.println(
          line.outcome().word()
              + "  "
              + line.where()
              + " ".repeat(width - line.where().length())
              + "  "
              + line.text());
    }
  }

  void printSteps(PrintStream out) {
    steps.forEach(step -> out.println("- " + step));
  }

  /** Files of others may hold anything, and it must not steer a terminal. */
  private static String printable(String text) {
    StringBuilder out = new StringBuilder();
    text.codePoints()
        .forEach(
            c -> {
              if (Character.isISOControl(c) || Character.getType(c) == Character.FORMAT) {
                out.append(String.format("\\x%02x", c));
              } else {
                out.appendCodePoint(c);
              }
            });
    return out.toString();
  }
}
