// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

/** What is to be sent. One thread. */
public sealed interface TransmitRing permits DirectLane.Transmit, CheckedLane.Transmit {
  int size();

  /** How many entries can be written now; at most so many. */
  int reserve(int most);

  /**
   * Writes an entry, counted from the first that was not published.
   *
   * <p><b>Safety.</b> Below what {@link #reserve} said. Address and length must be inside one chunk
   * of the caller's: a length beyond what he wrote sends what was there before, perhaps somebody
   * else's packet.
   *
   * @param flags 0, or that the packet goes on in the next entry
   */
  void put(int entry, long address, int length, int flags);

  /**
   * Writes the first entries, two words each as of {@link ReceiveRing#read}. Faster than one by
   * one.
   *
   * <p><b>Safety.</b> As of the other one; no flags but the one.
   */
  void put(long[] words, int number);

  /**
   * Gives the first entries to the other party. {@link RawRings#transmit} makes it look.
   *
   * <p><b>Safety.</b> Every one of the entries must have been written, with a chunk that is the
   * caller's, and that he does not touch until it comes by the completion ring: what he writes
   * there meanwhile is what is sent. No more may be under way than the completion ring has places.
   */
  void publish(int number);

  /** Whether the other party waits for {@link RawRings#transmit}. */
  boolean needsWakeup();
}
