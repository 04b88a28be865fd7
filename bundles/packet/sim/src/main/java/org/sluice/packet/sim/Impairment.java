// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

/**
 * What a cable does to the packets of one sender. What becomes of a packet follows from the seed
 * and from how many the sender sent before it, from nothing else: every run is the same.
 *
 * @param loss the share of packets that never arrive
 * @param duplicate the share that arrives twice
 * @param reorder the share that is overtaken by some that follow
 * @param delay how many packets later one arrives
 * @param jitter up to how many more, different for each
 */
record Impairment(long seed, double loss, double duplicate, double reorder, int delay, int jitter) {
  private static final int OVERTAKEN = 4;

  boolean loses(long number) {
    return chance(number, 1) < loss;
  }

  boolean duplicates(long number) {
    return chance(number, 2) < duplicate;
  }

  boolean reorders(long number) {
    return chance(number, 3) < reorder;
  }

  /** The number of the packet that makes this one arrive. */
  long due(long number) {
    long due = number + delay;
    if (jitter > 0) {
      due += Long.remainderUnsigned(mixed(number, 4), jitter + 1L);
    }
    if (reorders(number)) {
      due += 2 + Long.remainderUnsigned(mixed(number, 5), OVERTAKEN);
    }
    return due;
  }

  /** From 0 to less than 1. */
  private double chance(long number, int of) {
    return (mixed(number, of) >>> 11) * 0x1.0p-53;
  }

  /** A number that looks like any other, by the finalizer of SplitMix64. */
  private long mixed(long number, int of) {
    long z = seed * 0x9e37_79b9_7f4a_7c15L + number * 8 + of;
    z = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return z ^ (z >>> 31);
  }
}
