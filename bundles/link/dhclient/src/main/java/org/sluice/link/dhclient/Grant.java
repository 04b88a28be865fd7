// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.time.Instant;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;

/** What a server granted, whether the hook or the lease file told it. */
record Grant(
    List<Term> terms,
    List<IpAddress> gateways,
    List<IpAddress> nameServers,
    List<String> domains,
    String hostName,
    int mtu,
    @Nullable IpAddress server,
    @Nullable Instant renewed,
    SortedMap<String, String> options) {

  Grant {
    terms = List.copyOf(terms);
  }

  /**
   * One address and its end.
   *
   * @param delegated whether it is a network to hand on rather than an address of the link
   * @param expires null when it never does
   */
  record Term(IpPrefix prefix, boolean delegated, @Nullable Instant expires) {
    boolean lasts(Instant now) {
      return expires == null || expires.isAfter(now);
    }
  }

  /** Whether anything of it has not ended. */
  boolean lasts(Instant now) {
    return terms.stream().anyMatch(term -> term.lasts(now));
  }

  /** When the next of it ends; null when nothing will. */
  @Nullable Instant nextEnd(Instant now) {
    Instant next = null;
    for (Term term : terms) {
      Instant end = term.expires();
      if (end != null && end.isAfter(now) && (next == null || end.isBefore(next))) {
        next = end;
      }
    }
    return next;
  }

  /** When the last of it ends; null when it lasts for ever. */
  @Nullable Instant end(Instant now) {
    Instant last = null;
    for (Term term : terms) {
      Instant end = term.expires();
      if (end == null) {
        return null;
      }
      if (term.lasts(now) && (last == null || end.isAfter(last))) {
        last = end;
      }
    }
    return last;
  }

  /** Whether it ends later than another one. */
  boolean outlasts(Grant other, Instant now) {
    Instant mine = end(now);
    Instant its = other.end(now);
    return lasts(now)
        && (!other.lasts(now) || (its != null && (mine == null || mine.isAfter(its))));
  }

  List<IpAddress> addresses() {
    return terms.stream().filter(t -> !t.delegated()).map(t -> t.prefix().address()).toList();
  }

  Lease lease(Slot slot, int link, Instant now) {
    SortedMap<String, String> more = new TreeMap<>(options);
    List<Term> delegated = terms.stream().filter(t -> t.delegated() && t.lasts(now)).toList();
    if (!delegated.isEmpty()) {
      more.put(
          "delegated-prefixes",
          String.join(" ", delegated.stream().map(t -> t.prefix().toString()).toList()));
    }
    return new Lease(
        link,
        slot.six(),
        DhclientSource.NAME,
        terms.stream().filter(t -> !t.delegated() && t.lasts(now)).map(Term::prefix).toList(),
        gateways,
        nameServers,
        domains,
        hostName,
        mtu,
        server,
        renewed,
        end(now),
        more);
  }
}
