// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.lang.foreign.MemorySegment;

/**
 * Where the parts of a ring lie.
 *
 * @param memory that both parties have mapped
 * @param producer where the index of who puts in lies: 32 bits that wrap around
 * @param consumer where the index of who takes out lies
 * @param flags where the word lies by which the other party asks to be woken
 * @param entries where the first entry lies, at a multiple of 8
 * @param size how many entries there are, a power of two
 */
public record RingPlace(
    MemorySegment memory, long producer, long consumer, long flags, long entries, int size) {
  public RingPlace {
    if (size < 1 || Integer.bitCount(size) != 1) {
      throw new IllegalArgumentException(
          "a ring of " + size + " entries; it must be a power of two");
    }
    if (entries % 8 != 0) {
      throw new IllegalArgumentException(
          "the entries of a ring at " + entries + "; they begin at a multiple of 8");
    }
  }

  /** The same ring in a piece of fresh memory: indices on lines of their own, then the entries. */
  public static RingPlace in(MemorySegment memory, int size) {
    return new RingPlace(memory, 0, 64, 128, 192, size);
  }

  /** How much memory {@link #in} needs. */
  public static long length(int size, int entry) {
    return 192 + (long) size * entry;
  }
}
