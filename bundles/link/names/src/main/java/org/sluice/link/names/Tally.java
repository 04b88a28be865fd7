// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.concurrent.atomic.LongAdder;

/** What is counted, for metrics. Any thread may ask. */
final class Tally {
  private final LongAdder set = new LongAdder();
  private final LongAdder healed = new LongAdder();
  private final LongAdder takenBack = new LongAdder();
  private final LongAdder failed = new LongAdder();

  void set() {
    set.increment();
  }

  void healed() {
    healed.increment();
  }

  void takenBack() {
    takenBack.increment();
  }

  void failed() {
    failed.increment();
  }

  long sets() {
    return set.sum();
  }

  long heals() {
    return healed.sum();
  }

  long returns() {
    return takenBack.sum();
  }

  long failures() {
    return failed.sum();
  }
}
