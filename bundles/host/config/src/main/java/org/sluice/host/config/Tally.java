// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.concurrent.atomic.LongAdder;

/** Numbers of this process's life. */
final class Tally {
  private final LongAdder applies = new LongAdder();
  private final LongAdder refusals = new LongAdder();
  private final LongAdder rollbacks = new LongAdder();
  private volatile double seconds;

  void applied(long nanos) {
    applies.increment();
    seconds = nanos / 1e9;
  }

  void refused() {
    refusals.increment();
  }

  void rolledBack() {
    rollbacks.increment();
  }

  double applies() {
    return applies.sum();
  }

  double refusals() {
    return refusals.sum();
  }

  double rollbacks() {
    return rollbacks.sum();
  }

  /** How long the last change took to be applied. */
  double seconds() {
    return seconds;
  }
}
