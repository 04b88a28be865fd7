// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.concurrent.atomic.DoubleAdder;
import java.util.concurrent.atomic.LongAdder;

/** Numbers since the start of the process. */
final class Tally {
  final LongAdder accepted = new LongAdder();
  final LongAdder swaps = new LongAdder();
  final LongAdder quarantined = new LongAdder();
  final LongAdder crashes = new LongAdder();
  final DoubleAdder gapMillis = new DoubleAdder();
  private volatile double lastGapMillis;

  void swapped(double gap) {
    swaps.increment();
    gapMillis.add(gap);
    lastGapMillis = gap;
  }

  double lastGapMillis() {
    return lastGapMillis;
  }
}
