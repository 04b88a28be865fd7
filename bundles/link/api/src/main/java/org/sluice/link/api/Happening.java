// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.time.Instant;

/**
 * Something people wait for and hooks run for, told in the same words whichever backend saw it. A
 * {@link LinkEvent} tells what changed in the picture; one such change may make several happenings
 * or none.
 *
 * @param number of the event it follows from
 * @param source who told that event
 * @param initial whether it was so already when the picture began
 * @param link the one it is about, as it is now, or as it was when it went
 * @param subject what exactly: an address, a route, the former name; empty when the link says all
 * @param fact what it follows from, as it is now, or as it was when it went
 */
public record Happening(
    long number,
    Instant time,
    Kind kind,
    String source,
    boolean initial,
    Link link,
    String subject,
    Fact fact) {

  /** What can happen. */
  public enum Kind {
    LINK_ADDED,
    LINK_REMOVED,
    /** The subject is the former name. */
    LINK_RENAMED,
    LINK_UP,
    LINK_DOWN,
    CARRIER,
    NO_CARRIER,
    /** The subject is the former one, in bytes. */
    MTU_CHANGED,
    /** Packets can be sent from it now; for IPv6 that is after the search for duplicates. */
    ADDRESS_ADDED,
    ADDRESS_REMOVED,
    /** It is still there and is not to be used for new connections. */
    ADDRESS_DEPRECATED,
    DEFAULT_ROUTE_ADDED,
    DEFAULT_ROUTE_REMOVED,
    /** It has all that IPv4 needs: carrier, a usable address that others can reach, a way out. */
    READY_IPV4,
    UNREADY_IPV4,
    READY_IPV6,
    UNREADY_IPV6,
    /** It has all that the configuration says it needs. */
    READY,
    UNREADY,
    /** The subject is what was leased. So it is for what follows. */
    LEASE_ACQUIRED,
    /** The server confirmed it: nothing but the time is different. */
    LEASE_RENEWED,
    /** The server granted something else. */
    LEASE_CHANGED,
    LEASE_LOST,
    /** The subject is the manager and its words for the state. */
    MANAGER_STATE,
    /** A rule that somebody removed is there again; told of the link whose address it is for. */
    RULE_RESTORED;

    /** As people and hooks write it: {@code link-added}. */
    public String word() {
      return name().toLowerCase(java.util.Locale.ROOT).replace('_', '-');
    }
  }
}
