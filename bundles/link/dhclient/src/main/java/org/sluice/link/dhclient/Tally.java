// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.time.Instant;
import java.util.Set;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/** What is counted and found, for health and metrics. Any thread may ask. */
final class Tally {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.dhclient");

  private final LongAdder signals = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private volatile Findings findings = new Findings(null, 0, 0, 0, true, Set.of());
  private volatile String failure = "";

  /**
   * What the last look found.
   *
   * @param at null when there was none yet
   * @param records of the hook
   * @param whole whether processes of others can be seen
   * @param problems each with what to do
   */
  record Findings(
      @Nullable Instant at,
      int clients,
      int leases,
      int records,
      boolean whole,
      Set<String> problems) {
    Findings {
      problems = Set.copyOf(problems);
    }
  }

  void signal() {
    signals.increment();
  }

  void read() {
    reads.increment();
  }

  void failed() {
    failures.increment();
  }

  void failed(String text) {
    failures.increment();
    failure = text;
  }

  /** The text is from outside, so only we see it, and only when we look. */
  void malformed(String what) {
    malformed.increment();
    LOG.log(System.Logger.Level.DEBUG, "left out: {0}", Texts.printable(what));
  }

  void found(Findings now) {
    findings = now;
    failure = "";
  }

  Findings findings() {
    return findings;
  }

  /** Why nothing is told now; empty when all is well. */
  String failure() {
    return failure;
  }

  long signals() {
    return signals.sum();
  }

  long reads() {
    return reads.sum();
  }

  long failures() {
    return failures.sum();
  }

  long malformed() {
    return malformed.sum();
  }
}
