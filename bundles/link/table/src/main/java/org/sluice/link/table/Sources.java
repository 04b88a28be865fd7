// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkSource;
import org.sluice.link.api.SourceState.Condition;

/**
 * Who tells, and whose word is still taken. Of two sources with one name the newer takes over at
 * the moment it tells its picture, so that nothing is missing while a bundle is replaced. Guarded
 * by the lock of the table.
 */
final class Sources {
  private final Picture picture;
  private final Journal journal;
  private final Map<String, Contribution> byName = new HashMap<>();
  private final IdentityHashMap<LinkSource, RevocableSink> sinks = new IdentityHashMap<>();

  Sources(Picture picture, Journal journal) {
    this.picture = picture;
    this.journal = journal;
  }

  RevocableSink admit(LinkSource source, LiveTable table) {
    Contribution contribution = byName.get(source.name());
    if (contribution == null) {
      contribution = new Contribution(source.name(), source.rank(), Instant.now());
      byName.put(source.name(), contribution);
      picture.join(contribution);
      journal.state(contribution);
    } else if (contribution.holder() == null) {
      journal.state(contribution, Condition.STARTING, "it came back");
    }
    RevocableSink sink = new RevocableSink(table, contribution);
    sinks.put(source, sink);
    if (contribution.holder() == null) {
      contribution.holder(sink);
    } else {
      contribution.successor(sink);
    }
    return sink;
  }

  /** A contribution that nobody answers for any more. */
  record Departure(Contribution contribution, long number) {}

  /**
   * @return what is to be withdrawn later; null when another source of the name is there
   */
  @Nullable Departure dismiss(LinkSource source, String reason, String consequence) {
    RevocableSink sink = sinks.remove(source);
    if (sink == null) {
      return null;
    }
    sink.revoke(reason);
    Contribution contribution = sink.contribution();
    if (contribution.successor() == sink) {
      contribution.successor(null);
    } else if (contribution.holder() == sink) {
      contribution.holder(contribution.successor());
      contribution.successor(null);
      if (contribution.holder() == null) {
        journal.state(contribution, Condition.GONE, reason + "; " + consequence);
        return new Departure(contribution, contribution.depart());
      }
    }
    return null;
  }

  /** Unless the source came back; when it has gone once more, a later call is under way. */
  void withdraw(Departure departure) {
    Contribution contribution = departure.contribution();
    if (contribution.holder() == null && contribution.departures() == departure.number()) {
      picture.withdraw(contribution, journal.of(contribution, LinkEvent.Cause.WITHDRAWN));
      byName.remove(contribution.source(), contribution);
    }
  }

  void present(RevocableSink sink, Set<Fact.Kind> kinds, Collection<? extends Fact> all) {
    sink.check();
    Contribution contribution = sink.contribution();
    takeOver(sink);
    LinkEvent.Cause cause =
        contribution.first(kinds) ? LinkEvent.Cause.INITIAL : LinkEvent.Cause.RESYNC;
    picture.present(contribution, kinds, all, journal.of(contribution, cause));
    journal.state(contribution, Condition.LIVE, "");
  }

  void put(RevocableSink sink, Fact fact) {
    Contribution contribution = holding(sink);
    picture.put(contribution, fact, journal.of(contribution, LinkEvent.Cause.CHANGE));
  }

  void remove(RevocableSink sink, Fact.Key key) {
    Contribution contribution = holding(sink);
    picture.remove(contribution, key, journal.of(contribution, LinkEvent.Cause.CHANGE));
  }

  void condition(RevocableSink sink, Condition condition, String text) {
    sink.check();
    Contribution contribution = sink.contribution();
    if (condition == Condition.ABSENT) {
      takeOver(sink);
      picture.clear(contribution, journal.of(contribution, LinkEvent.Cause.RESYNC));
      contribution.toldNothing();
    }
    if (contribution.holder() == sink) {
      journal.state(contribution, condition, text);
    }
  }

  /** A newer source of the name begins to count when it has told what there is. */
  private static void takeOver(RevocableSink sink) {
    Contribution contribution = sink.contribution();
    if (contribution.successor() == sink) {
      RevocableSink old = contribution.holder();
      if (old != null) {
        old.revoke("a newer source of this name took over");
      }
      contribution.holder(sink);
      contribution.successor(null);
    }
  }

  /** Whether there is a source that tells of links, or that may turn out to. */
  boolean tellOfLinks() {
    return byName.values().stream().anyMatch(Contribution::mayTellOfLinks);
  }

  private static Contribution holding(RevocableSink sink) {
    sink.check();
    Contribution contribution = sink.contribution();
    if (contribution.holder() != sink) {
      throw new IllegalStateException(
          "link source " + contribution.source() + " must present its picture first");
    }
    return contribution;
  }
}
