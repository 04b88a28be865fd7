// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a client wants done.
 *
 * @param line in Gogo's language, or for the log
 * @param plain its words when it is one command with literal arguments
 * @param literal whether it was given as words, so that it must not be evaluated as a line
 * @param json whether the answer shall be JSON
 */
record Request(String line, Optional<List<String>> plain, boolean literal, boolean json) {
  private static final String JSON = "--json";

  /** Words separated by NUL, as a command line hands them over. */
  static Request ofArguments(String text) {
    List<String> words = new ArrayList<>(List.of(text.split("\0", -1)));
    // The option belongs to the shell wherever it stands; what follows "--" belongs to the command.
    int end = words.indexOf("--") < 0 ? words.size() : words.indexOf("--");
    boolean json = words.subList(0, end).remove(JSON);
    if (words.size() == 1 && words.getFirst().strip().indexOf(' ') > 0) {
      Request line = ofLine(words.getFirst());
      return new Request(line.line(), line.plain(), line.literal(), json || line.json());
    }
    return new Request(String.join(" ", words), Optional.of(List.copyOf(words)), true, json);
  }

  static Request ofLine(String text) {
    String stripped = question(text.strip());
    String line = Words.without(stripped, JSON);
    boolean json = !line.equals(stripped);
    return new Request(line, Words.plain(line), false, json);
  }

  /** A question mark alone, or behind a command, asks for help. */
  private static String question(String line) {
    if (line.equals("?")) {
      return "help";
    }
    String command = line.endsWith(" ?") ? line.substring(0, line.length() - 2).strip() : "";
    return command.matches("[\\w.:-]+") ? "help " + command : line;
  }
}
