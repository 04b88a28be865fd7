// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Fact;
import org.sluice.link.api.SourceState;
import org.sluice.link.api.SourceState.Condition;

/** What one source told. Guarded by the lock of the table. */
final class Contribution {
  private final String source;
  private final int rank;
  private final Map<Fact.Kind, Map<Fact.Key, Fact>> facts = new EnumMap<>(Fact.Kind.class);
  private final Set<Fact.Kind> presented = EnumSet.noneOf(Fact.Kind.class);
  private boolean toldNothing;
  private SourceState state;
  private long departures;

  /** Whose facts these are; null while the source is gone. */
  private @Nullable RevocableSink holder;

  /** Came later under the same name, and takes over when it tells its picture. */
  private @Nullable RevocableSink successor;

  Contribution(String source, int rank, Instant now) {
    this.source = source;
    this.rank = rank;
    this.state = new SourceState(source, Condition.STARTING, now, "");
    for (Fact.Kind kind : Fact.Kind.values()) {
      facts.put(kind, new LinkedHashMap<>());
    }
  }

  String source() {
    return source;
  }

  int rank() {
    return rank;
  }

  Map<Fact.Key, Fact> facts(Fact.Kind kind) {
    return facts.computeIfAbsent(kind, k -> new LinkedHashMap<>());
  }

  /** Whether it is the first time that facts of all these kinds are told; marks them as told. */
  boolean first(Set<Fact.Kind> kinds) {
    return presented.addAll(kinds) && !toldNothing;
  }

  /** It told that there is nothing, of whatever kind. */
  void toldNothing() {
    toldNothing = true;
  }

  /** As long as it has not told what it knows, that may be links. */
  boolean mayTellOfLinks() {
    return state.condition() != Condition.ABSENT
        && (presented.isEmpty() || presented.contains(Fact.Kind.LINK));
  }

  /** Counts that its source went, and returns which time it is. */
  long depart() {
    return ++departures;
  }

  long departures() {
    return departures;
  }

  SourceState state() {
    return state;
  }

  void state(SourceState state) {
    this.state = state;
  }

  @Nullable RevocableSink holder() {
    return holder;
  }

  void holder(@Nullable RevocableSink holder) {
    this.holder = holder;
  }

  @Nullable RevocableSink successor() {
    return successor;
  }

  void successor(@Nullable RevocableSink successor) {
    this.successor = successor;
  }
}
