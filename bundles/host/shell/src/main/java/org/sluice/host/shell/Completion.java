// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.ArrayList;
import java.util.List;

/** What may come next in a line. */
final class Completion {
  private final Catalogue catalogue;
  private final Help help;

  Completion(Catalogue catalogue, Help help) {
    this.catalogue = catalogue;
    this.help = help;
  }

  /**
   * @param value the whole word
   */
  record Candidate(String value, String description) {}

  /** For the word that ends at the cursor. */
  List<Candidate> candidates(String line, int cursor) {
    String before = line.substring(0, Math.clamp(cursor, 0, line.length()));
    String word = before.substring(before.lastIndexOf(' ') + 1);
    List<Candidate> candidates = new ArrayList<>();
    for (Catalogue.Command command : catalogue.commands()) {
      if (command.name().startsWith(word)) {
        candidates.add(new Candidate(command.name(), help.entry(command).summary()));
      }
    }
    return candidates;
  }
}
