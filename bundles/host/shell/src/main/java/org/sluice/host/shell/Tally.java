// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/** What was asked so far, and what came of it. */
final class Tally {
  /** Exit codes of a command: done, failed, wrong usage. */
  static final int EXITS = 3;

  private final Map<Answered, LongAdder> commands = new ConcurrentHashMap<>();
  private final LongAdder turnedAway = new LongAdder();

  private record Answered(Peer.Role role, int exit) {}

  void command(Peer.Role role, int exit) {
    commands.computeIfAbsent(new Answered(role, exit), a -> new LongAdder()).increment();
  }

  long commands(Peer.Role role, int exit) {
    LongAdder count = commands.get(new Answered(role, exit));
    return count == null ? 0 : count.sum();
  }

  void turnAway() {
    turnedAway.increment();
  }

  long turnedAway() {
    return turnedAway.sum();
  }
}
