// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

/** Chunks of what was sent. One thread. */
public sealed interface CompletionRing permits DirectLane.Completion, CheckedLane.Completion {
  int size();

  /** How many entries can be read now, the first ones that were not freed; at most so many. */
  int peek(int most);

  /**
   * An address in the chunk of an entry, the one it was sent with.
   *
   * <p><b>Safety.</b> Only entries below what {@link #peek} said last hold anything; another one is
   * a chunk that may be on its way or somebody else's.
   */
  long address(int entry);

  /** Copies the first entries. Faster than one by one. <b>Safety.</b> As of {@link #address}. */
  void read(long[] into, int number);

  /**
   * Frees the first entries. Their chunks are the caller's from now on.
   *
   * <p><b>Safety.</b> Who frees more than {@link #peek} said loses chunks.
   */
  void free(int number);
}
