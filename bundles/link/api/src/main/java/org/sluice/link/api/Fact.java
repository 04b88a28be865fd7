// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

/**
 * Something that is so on this host, as one source tells it. Two facts with the same {@link #key}
 * are about the same thing; facts that are equal say the same of it.
 */
public sealed interface Fact permits Link, Address, Route, Rule, Neighbour, Lease, Management {

  /** What it is about. */
  Key key();

  /** What kind of thing it is about. */
  Kind kind();

  /** The identity of a thing, without what is said of it. */
  sealed interface Key
      permits Link.Key, Address.Key, Route, Rule, Neighbour.Key, Lease.Key, Management.Key {
    Kind kind();
  }

  /** In the order in which things come up: what is later here stands on what is earlier. */
  enum Kind {
    LINK("link"),
    ADDRESS("address"),
    ROUTE("route"),
    RULE("rule"),
    NEIGHBOUR("neighbour"),
    LEASE("lease"),
    MANAGEMENT("management");

    private final String word;

    Kind(String word) {
      this.word = word;
    }

    /** As in the name of an event. */
    public String word() {
      return word;
    }
  }
}
