// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A page of the documentation, as something to be executed; docs/README.md has the rules.
 *
 * @param steps commands of all {@code console} blocks, in order
 * @param directives what the page asks of the test in {@code <!-- doctest: … -->}
 * @param dodged places where a command stands in a block that is not executed
 */
record Page(Path file, List<Step> steps, Set<String> directives, List<String> dodged) {
  private static final Pattern FENCE = Pattern.compile("^\\s*(```+|~~~+)\\s*(\\S*).*$");
  private static final Pattern DIRECTIVE = Pattern.compile("^<!-- doctest: (.*?) -->$");
  private static final Pattern COMMAND =
      Pattern.compile(
          "^\\s*(\\$ |(?:sudo )?(?:\\./|bin/|\\./bin/)?sluice (?:--\\S+ \\S+ )*(?:run|test|shell|new|sign|dist|\\w+:\\w+)\\b).*");
  private static final Pattern HERE = Pattern.compile("<<-?\\s*['\"]?(\\w+)['\"]?");

  /**
   * @param line where the command stands, from 1
   * @param expectedLine where its output begins
   */
  record Step(int line, String command, int expectedLine, List<String> expected) {}

  static Page read(Path file) throws IOException {
    return parse(file, Files.readAllLines(file));
  }

  static Page parse(Path file, List<String> lines) {
    List<Step> steps = new ArrayList<>();
    Set<String> directives = new TreeSet<>();
    List<String> dodged = new ArrayList<>();
    int at = 0;
    while (at < lines.size()) {
      Matcher directive = DIRECTIVE.matcher(lines.get(at).strip());
      if (directive.matches()) {
        directives.add(directive.group(1));
      }
      Matcher fence = FENCE.matcher(lines.get(at));
      if (!fence.matches()) {
        at++;
        continue;
      }
      int end = at + 1;
      while (end < lines.size() && !lines.get(end).strip().equals(fence.group(1))) {
        end++;
      }
      if (fence.group(2).equals("console")) {
        steps(lines, at + 1, end, steps, dodged);
      } else {
        for (int i = at + 1; i < end; i++) {
          if (COMMAND.matcher(lines.get(i)).matches()) {
            dodged.add(file + ":" + (i + 1) + ": " + lines.get(i).strip());
          }
        }
      }
      at = end + 1;
    }
    return new Page(file, List.copyOf(steps), Set.copyOf(directives), List.copyOf(dodged));
  }

  private static void steps(
      List<String> lines, int from, int end, List<Step> steps, List<String> dodged) {
    int at = from;
    if (from < end && !lines.get(from).startsWith("$ ")) {
      dodged.add(
          "line " + (from + 1) + ": a console block begins with a command: " + lines.get(from));
    }
    while (at < end) {
      int start = at;
      StringBuilder command = new StringBuilder(lines.get(at++).replaceFirst("^\\$ ", ""));
      while (command.toString().endsWith("\\") && at < end) {
        command.append('\n').append(lines.get(at++));
      }
      Matcher here = HERE.matcher(command);
      if (here.find()) {
        String mark = here.group(1);
        while (at < end) {
          String line = lines.get(at++);
          command.append('\n').append(line);
          if (line.equals(mark)) {
            break;
          }
        }
      }
      int expected = at;
      while (at < end && !lines.get(at).startsWith("$ ")) {
        at++;
      }
      steps.add(
          new Step(
              start + 1,
              command.toString(),
              expected + 1,
              List.copyOf(lines.subList(expected, at))));
    }
  }
}
