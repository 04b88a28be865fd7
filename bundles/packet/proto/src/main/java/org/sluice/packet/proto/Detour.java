// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * Another way out for what cannot leave as one frame now: there is no route, nobody knows where the
 * neighbour is, or the packet is too long. A host has one in its own sockets, which find out where
 * neighbours are, cut packets and reach the host itself.
 */
public interface Detour {
  /** For a port that has no other way. */
  Detour NONE =
      (memory, address, length, high, low, port, localHigh, localLow) -> Outcome.NOT_TAKEN;

  /** What became of a datagram. */
  enum Outcome {
    SENT,
    /** It was lost on the way. */
    DROPPED,
    /** It can never be sent. */
    INVALID,
    /** There is no other way. */
    NOT_TAKEN
  }

  /**
   * Sends a payload, which stays where it is and is not used any more when this returns. Never
   * waits. By one thread at a time.
   *
   * @param localHigh of the address it leaves from; zero, or a group, for whichever fits
   */
  Outcome send(
      MemorySegment memory,
      long address,
      int length,
      long high,
      long low,
      int port,
      long localHigh,
      long localLow);
}
