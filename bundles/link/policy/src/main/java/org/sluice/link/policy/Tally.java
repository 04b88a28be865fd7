// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.concurrent.atomic.LongAdder;

/** What is counted, for metrics. Any thread may ask. */
final class Tally {
  final LongAdder looks = new LongAdder();
  final LongAdder batches = new LongAdder();
  final LongAdder sends = new LongAdder();
  final LongAdder messages = new LongAdder();
  final LongAdder failures = new LongAdder();
  final LongAdder heals = new LongAdder();
}
