// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

/** Chunks for what will be received. One thread. */
public sealed interface FillRing permits DirectLane.Fill, CheckedLane.Fill {
  int size();

  /** How many entries can be written now; at most so many. */
  int reserve(int most);

  /**
   * Writes an entry, counted from the first that was not published.
   *
   * <p><b>Safety.</b> Below what {@link #reserve} said; another one is an entry that the other
   * party reads at this moment, and it receives into that chunk. Any address in a chunk stands for
   * it.
   */
  void put(int entry, long address);

  /** Writes the first entries. Faster than one by one. <b>Safety.</b> As of the other one. */
  void put(long[] addresses, int number);

  /**
   * Gives the chunks of the first entries to the other party.
   *
   * <p><b>Safety.</b> Every one of the entries must have been written, with a chunk that is the
   * caller's, and that he does not touch any more: what he reads there later is a packet that is
   * being received, and what he sends from there may be a foreign one.
   */
  void publish(int number);

  /** Whether the other party waits for {@link RawRings#refilled}. */
  boolean needsWakeup();
}
