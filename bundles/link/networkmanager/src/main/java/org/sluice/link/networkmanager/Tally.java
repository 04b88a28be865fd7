// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import java.util.concurrent.atomic.LongAdder;

/** What is counted, for health and metrics. Any thread may ask. */
final class Tally {
  private final LongAdder signals = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder failures = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private volatile Standing standing = new Standing(Standing.Way.STARTING, "it was not read yet");
  private volatile int links;

  /**
   * How it stands with the manager.
   *
   * @param text why, for people
   */
  record Standing(Way way, String text) {
    enum Way {
      STARTING,
      LIVE,
      ABSENT,
      FAILING
    }
  }

  void heard() {
    signals.increment();
  }

  void read() {
    reads.increment();
  }

  void failed() {
    failures.increment();
  }

  /** A value from outside that makes no sense was left out. */
  void malformed() {
    malformed.increment();
  }

  void stands(Standing.Way way, String text) {
    standing = new Standing(way, text);
  }

  void links(int seen) {
    links = seen;
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

  long malformedValues() {
    return malformed.sum();
  }

  Standing standing() {
    return standing;
  }

  int links() {
    return links;
  }
}
