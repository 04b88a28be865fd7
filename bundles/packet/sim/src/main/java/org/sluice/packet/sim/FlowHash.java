// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.proto.Layers;

/**
 * Spreads packets over queues as interfaces do: those of one flow go to one queue. For one thread
 * at a time.
 */
final class FlowHash {
  private static final int MACS = 12;

  private final Layers layers = new Layers();

  /** Never below zero. Of addresses and ports; of the hardware addresses where there is no IP. */
  int of(MemorySegment memory, long at, int length) {
    layers.parse(memory, at, length);
    int hash =
        switch (layers.version()) {
          case 4 -> over(17, memory, layers.network() + 12, 8);
          case 6 -> over(17, memory, layers.network() + 8, 32);
          default -> over(17, memory, at, Math.min(MACS, length));
        };
    if (!layers.fragment()) {
      hash = 31 * (31 * hash + layers.sourcePort()) + layers.destinationPort();
    }
    return (hash * 0x9e37_79b1) >>> 8;
  }

  private static int over(int begin, MemorySegment memory, long at, int length) {
    int hash = begin;
    for (int i = 0; i < length; i++) {
      hash = 31 * hash + memory.get(JAVA_BYTE, at + i);
    }
    return hash;
  }
}
