// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Remembers what was put back, so that two who want different things do not undo each other's work
 * for ever. For one thread.
 */
final class Strife {
  private static final int MOST = 5;
  private static final long WITHIN_NANOS = 60_000_000_000L;

  private final LongSupplier clock;
  private final Map<String, Deque<Long>> healed = new HashMap<>();

  /**
   * @param clock in nanoseconds
   */
  Strife(LongSupplier clock) {
    this.clock = clock;
  }

  /** Whether it may be put back once more. */
  boolean mayHeal(String what) {
    return late(what).size() < MOST;
  }

  /** It was put back. */
  void healed(String what) {
    late(what).addLast(clock.getAsLong());
  }

  private Deque<Long> late(String what) {
    Deque<Long> times = healed.computeIfAbsent(what, _ -> new ArrayDeque<>());
    while (!times.isEmpty() && clock.getAsLong() - times.getFirst() > WITHIN_NANOS) {
      times.removeFirst();
    }
    return times;
  }

  void forget(String what) {
    healed.remove(what);
  }
}
