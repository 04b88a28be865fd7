// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.util.Arrays;
import java.util.List;

/** Where every chunk of a port is, and which way it may go. */
final class ChunkLedger {
  static final byte FREE = 0;
  static final byte FILL = 1;
  static final byte RECEIVED = 2;
  static final byte USER = 3;
  static final byte TRANSMIT = 4;
  static final byte COMPLETION = 5;

  private static final List<String> WHERE =
      List.of(
          "free",
          "in the fill ring",
          "in the receive ring, not yet freed there",
          "the user's, with a received packet",
          "in the transmit ring",
          "in the completion ring, not yet freed there");

  private final byte[] states;
  private final int shift;
  private final int chunkSize;

  /**
   * Begins with all chunks in the fill ring.
   *
   * @param chunkSize a power of two
   */
  ChunkLedger(int chunks, int chunkSize) {
    states = new byte[chunks];
    Arrays.fill(states, FILL);
    this.chunkSize = chunkSize;
    shift = Integer.numberOfTrailingZeros(chunkSize);
  }

  /** These are the caller's. */
  void free(long[] chunks) {
    for (long chunk : chunks) {
      states[(int) (chunk >>> shift)] = FREE;
    }
  }

  /** The chunk of an address that the caller gave. */
  int chunk(long address, String what) {
    long chunk = address >>> shift;
    if (chunk >= states.length) {
      throw new IllegalStateException(
          "%s: address %d is in no chunk; there are %d of %d bytes"
              .formatted(what, address, states.length, chunkSize));
    }
    return (int) chunk;
  }

  /** Whether a frame of the caller's lies in one chunk. */
  void inside(long address, int length, String what) {
    int chunk = chunk(address, what);
    long room = chunkSize - (address & (chunkSize - 1));
    if (length <= 0 || length > room) {
      throw new IllegalStateException(
          "%s: %d bytes at %d of chunk %d, where it can be 1 to %d"
              .formatted(what, length, address & (chunkSize - 1), chunk, room));
    }
  }

  /** The caller gives the chunk away. */
  void give(long address, byte to, String what) {
    int chunk = chunk(address, what);
    byte from = states[chunk];
    if (from != FREE && from != USER) {
      throw refused(chunk, what);
    }
    states[chunk] = to;
  }

  /** Undoes {@link #give}, of a call that is refused as a whole. */
  void back(long address, byte to) {
    states[(int) (address >>> shift)] = to;
  }

  byte state(long address, String what) {
    return states[chunk(address, what)];
  }

  void move(long address, byte from, byte to, String what) {
    int chunk = chunk(address, what);
    if (states[chunk] != from) {
      throw refused(chunk, what);
    }
    states[chunk] = to;
  }

  /** Whether the caller may look into the chunk. */
  void readable(long address, int length, String what) {
    inside(address, length, what);
    byte state = state(address, what);
    if (state != FREE && state != USER && state != RECEIVED && state != COMPLETION) {
      throw refused(chunk(address, what), what);
    }
  }

  int[] census() {
    int[] census = new int[WHERE.size()];
    for (byte state : states) {
      census[state]++;
    }
    return census;
  }

  private IllegalStateException refused(int chunk, String what) {
    return new IllegalStateException(
        "%s: chunk %d is %s".formatted(what, chunk, WHERE.get(states[chunk])));
  }
}
