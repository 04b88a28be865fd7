// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.util.List;

/**
 * One statement of a lease file: its words, with quotes and escapes undone, and what stands in its
 * braces.
 */
record Statement(List<String> words, List<Statement> body) {
  Statement {
    words = List.copyOf(words);
    body = List.copyOf(body);
  }

  String word(int index) {
    return index < words.size() ? words.get(index) : "";
  }

  /** All words from one on, with spaces between. */
  String rest(int from) {
    return from < words.size() ? String.join(" ", words.subList(from, words.size())) : "";
  }
}
