// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongPredicate;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Link;

/**
 * Which table is whose. A link is known by its hardware address, so it keeps its table when it is
 * renamed; where several have the same address, or none, the name tells them apart.
 *
 * @param owner the protocol number under which rules and routes were made last
 * @param entries oldest first
 */
record TableBook(int owner, List<Entry> entries) {
  private static final int REMEMBERED = 4096;

  /**
   * @param mac empty when it has none
   * @param name when it was seen last
   */
  record Entry(long table, String mac, String name) {}

  TableBook {
    entries = List.copyOf(entries);
  }

  /** A book, and the table of each link by index. */
  record Assignment(TableBook book, Map<Integer, Long> tables) {}

  /** The permanent address does not change with the one that is set. */
  static String mac(Link link) {
    return link.permanentMac().isEmpty() ? link.mac() : link.permanentMac();
  }

  /**
   * Finds a table for every link that was claimed.
   *
   * @param free whether nobody else uses a table; asked only for those not given before
   */
  Assignment assign(Collection<Claim> claims, long firstTable, LongPredicate free) {
    Set<Long> fixed = new HashSet<>();
    Map<Integer, Long> tables = new HashMap<>();
    List<Link> open = new ArrayList<>();
    for (Claim claim : claims) {
      if (claim.spec().table() != 0) {
        fixed.add(claim.spec().table());
        tables.put(claim.link().index(), claim.spec().table());
      } else {
        open.add(claim.link());
      }
    }
    List<Entry> known =
        new ArrayList<>(entries.stream().filter(e -> !fixed.contains(e.table())).toList());
    Set<Long> given = new HashSet<>();
    // First those whose name fits too, so that links with the same address keep theirs.
    for (boolean byName : new boolean[] {true, false}) {
      for (Link link : List.copyOf(open)) {
        Entry entry = find(known, link, byName, given);
        if (entry != null) {
          given.add(entry.table());
          tables.put(link.index(), entry.table());
          known.set(known.indexOf(entry), new Entry(entry.table(), mac(link), link.name()));
          open.remove(link);
        }
      }
    }
    for (Link link : open) {
      long table = next(firstTable, known, fixed, free);
      tables.put(link.index(), table);
      given.add(table);
      known.add(new Entry(table, mac(link), link.name()));
    }
    return new Assignment(new TableBook(owner, forget(known, given)), Map.copyOf(tables));
  }

  private static @Nullable Entry find(
      List<Entry> among, Link link, boolean byName, Set<Long> given) {
    String mac = mac(link);
    if (!byName && mac.isEmpty()) {
      return null;
    }
    for (Entry entry : among) {
      if (entry.mac().equals(mac)
          && (!byName || entry.name().equals(link.name()))
          && !given.contains(entry.table())) {
        return entry;
      }
    }
    return null;
  }

  private static long next(long first, List<Entry> known, Set<Long> fixed, LongPredicate free) {
    Set<Long> taken = new HashSet<>(fixed);
    known.forEach(entry -> taken.add(entry.table()));
    long table = first;
    while (taken.contains(table) || !free.test(table)) {
      table++;
    }
    return table;
  }

  /** Links that come and go for ever do not fill the book for ever. */
  private static List<Entry> forget(List<Entry> known, Set<Long> given) {
    int over = known.size() - REMEMBERED;
    List<Entry> kept = new ArrayList<>();
    for (Entry entry : known) {
      if (over > 0 && !given.contains(entry.table())) {
        over--;
      } else {
        kept.add(entry);
      }
    }
    return kept;
  }

  TableBook ownedBy(int number) {
    return new TableBook(number, entries);
  }
}
