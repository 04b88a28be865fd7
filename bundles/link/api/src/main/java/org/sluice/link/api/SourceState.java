// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.time.Instant;

/**
 * How a source is.
 *
 * @param since when it came into this condition
 * @param text why, for people
 */
public record SourceState(String name, Condition condition, Instant since, String text) {

  /** From the view of who relies on its facts. */
  public enum Condition {
    /** It came and has not told its facts yet. */
    STARTING("starting"),
    /** What it told is so. */
    LIVE("live"),
    /** It has lost touch with what it watches; its facts are as it last saw them. */
    FAILING("failing"),
    /**
     * What it watches is not there, such as a manager that does not run: it has nothing to tell,
     * and what it told is withdrawn.
     */
    ABSENT("absent"),
    /** Its bundle went; its facts stay for a moment, for it may come back. */
    GONE("gone");

    private final String word;

    Condition(String word) {
      this.word = word;
    }

    public String word() {
      return word;
    }
  }
}
