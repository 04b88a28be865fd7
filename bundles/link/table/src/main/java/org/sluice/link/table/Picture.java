// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;

/**
 * What all sources together amount to. Of what two sources tell, the word of the higher one counts;
 * when it takes it back, the word of the next. Guarded by the lock of the table.
 */
final class Picture {
  /** Is told what changed in effect, in the order in which it may be told on. */
  interface Changes {
    void added(Fact fact);

    void changed(Fact before, Fact now);

    void removed(Fact fact);
  }

  private static final List<Fact.Kind> UP = List.of(Fact.Kind.values());
  private static final List<Fact.Kind> DOWN = UP.reversed();

  private final List<Contribution> byRank = new ArrayList<>();
  private final Map<Fact.Kind, Map<Fact.Key, Fact>> effective = new EnumMap<>(Fact.Kind.class);

  Picture() {
    for (Fact.Kind kind : UP) {
      effective.put(kind, new HashMap<>());
    }
  }

  List<Contribution> contributions() {
    return byRank;
  }

  Collection<Fact> facts(Fact.Kind kind) {
    return effective(kind).values();
  }

  @Nullable Fact fact(Fact.Key key) {
    return effective(key.kind()).get(key);
  }

  void join(Contribution contribution) {
    byRank.add(contribution);
    byRank.sort(
        Comparator.comparingInt(Contribution::rank).reversed().thenComparing(Contribution::source));
  }

  void put(Contribution from, Fact fact, Changes to) {
    from.facts(fact.kind()).put(fact.key(), fact);
    settle(fact.key(), to);
  }

  void remove(Contribution from, Fact.Key key, Changes to) {
    if (key instanceof Link.Key link) {
      removeWhatStandsOn(from, link.index(), to);
      if (byRank.stream().noneMatch(c -> c != from && c.facts(Fact.Kind.LINK).containsKey(key))) {
        removeWhatIsSaidOf(link.index(), to);
      }
    }
    if (from.facts(key.kind()).remove(key) != null) {
      settle(key, to);
    }
  }

  /** Managers tell late that a link went, and its number may have been given again by then. */
  private void removeWhatIsSaidOf(int link, Changes to) {
    for (Contribution contribution : byRank) {
      removeIf(
          contribution,
          Fact.Kind.MANAGEMENT,
          fact -> fact instanceof Management management && management.link() == link,
          to);
      removeIf(
          contribution,
          Fact.Kind.LEASE,
          fact -> fact instanceof Lease lease && lease.link() == link,
          to);
    }
  }

  /** All of these kinds that the source has; what is later in the order of kinds goes first. */
  void present(
      Contribution from, Set<Fact.Kind> kinds, Collection<? extends Fact> all, Changes to) {
    Map<Fact.Key, Fact> wanted = HashMap.newHashMap(all.size());
    for (Fact fact : all) {
      if (!kinds.contains(fact.kind())) {
        throw new IllegalArgumentException(
            "link source " + from.source() + " presents " + kinds + " and among them " + fact);
      }
      wanted.put(fact.key(), fact);
    }
    for (Fact.Kind kind : DOWN) {
      if (kinds.contains(kind)) {
        for (Fact old : List.copyOf(from.facts(kind).values())) {
          Fact now = wanted.get(old.key());
          if (now == null || another(old, now)) {
            remove(from, old.key(), to);
          }
        }
      }
    }
    for (Fact.Kind kind : UP) {
      for (Fact fact : all) {
        if (fact.kind() == kind) {
          put(from, fact, to);
        }
      }
    }
  }

  void withdraw(Contribution from, Changes to) {
    clear(from, to);
    byRank.remove(from);
  }

  /** Removes everything the source told; what is later in the order of kinds goes first. */
  void clear(Contribution from, Changes to) {
    for (Fact.Kind kind : DOWN) {
      for (Fact.Key key : List.copyOf(from.facts(kind).keySet())) {
        remove(from, key, to);
      }
    }
  }

  /** The kernel gives the number of a removed link to a new one. */
  private static boolean another(Fact old, Fact now) {
    return old instanceof Link a
        && now instanceof Link b
        && (!a.type().equals(b.type()) || (!a.name().equals(b.name()) && !a.mac().equals(b.mac())));
  }

  private void removeWhatStandsOn(Contribution from, int link, Changes to) {
    removeIf(
        from,
        Fact.Kind.ROUTE,
        fact ->
            fact instanceof Route route
                && route.uses(link)
                && route.hops().stream().allMatch(hop -> hop.link() == link),
        to);
    removeIf(
        from,
        Fact.Kind.NEIGHBOUR,
        fact -> fact instanceof Neighbour neighbour && neighbour.link() == link,
        to);
    removeIf(
        from,
        Fact.Kind.ADDRESS,
        fact -> fact instanceof Address address && address.link() == link,
        to);
  }

  private void removeIf(Contribution from, Fact.Kind kind, Predicate<Fact> which, Changes to) {
    List<Fact.Key> gone = new ArrayList<>();
    for (Fact fact : from.facts(kind).values()) {
      if (which.test(fact)) {
        gone.add(fact.key());
      }
    }
    for (Fact.Key key : gone) {
      from.facts(kind).remove(key);
      settle(key, to);
    }
  }

  /** Makes the effect follow what the sources say of one thing. */
  private void settle(Fact.Key key, Changes to) {
    Map<Fact.Key, Fact> facts = effective(key.kind());
    Fact before = facts.get(key);
    Fact now = null;
    for (Contribution contribution : byRank) {
      now = contribution.facts(key.kind()).get(key);
      if (now != null) {
        break;
      }
    }
    if (now == null) {
      if (before != null) {
        facts.remove(key);
        to.removed(before);
      }
    } else if (before == null) {
      facts.put(key, now);
      to.added(now);
    } else if (!before.equals(now)) {
      facts.put(key, now);
      to.changed(before, now);
    }
  }

  private Map<Fact.Key, Fact> effective(Fact.Kind kind) {
    return effective.computeIfAbsent(kind, k -> new HashMap<>());
  }
}
