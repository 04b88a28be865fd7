// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

/** One change of a {@link Plan}. */
record Step(Action action, Owned subject) {

  enum Action {
    ADD("add"),
    /** Puts it where another one is, with no moment between. */
    REPLACE("replace"),
    REMOVE("remove");

    private final String word;

    Action(String word) {
      this.word = word;
    }

    String word() {
      return word;
    }
  }
}
