// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

/** What the other party received: whole entries of address, length and flags. One thread. */
public sealed interface ReceiveRing permits DirectLane.Receive, CheckedLane.Receive {
  int size();

  /** How many entries can be read now, the first ones that were not freed; at most so many. */
  int peek(int most);

  /**
   * Where the packet of an entry begins.
   *
   * <p><b>Safety.</b> Only entries below what {@link #peek} said last hold anything; another one is
   * an old packet, whose chunk may belong to somebody else.
   */
  long address(int entry);

  /** How long it is. <b>Safety.</b> As of {@link #address}. */
  int length(int entry);

  /** As those of a batch. <b>Safety.</b> As of {@link #address}. */
  int flags(int entry);

  /**
   * Copies the first entries, two words each: the address; the length in the lower and the flags in
   * the upper half. Faster than one by one.
   *
   * <p><b>Safety.</b> At most so many as {@link #peek} said.
   */
  void read(long[] into, int number);

  /**
   * Frees the first entries. Their chunks are the caller's from now on.
   *
   * <p><b>Safety.</b> Who frees more than {@link #peek} said loses chunks, and lets the other party
   * write where nobody reads.
   */
  void free(int number);
}
