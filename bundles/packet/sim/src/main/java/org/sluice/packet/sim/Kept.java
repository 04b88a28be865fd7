// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.List;

/** Counts packets and keeps copies of the last of them. Guarded by the network. */
final class Kept {
  private final ArrayDeque<byte[]> packets = new ArrayDeque<>();
  private final int most;
  private long count;

  Kept(int most) {
    this.most = most;
  }

  void add(MemorySegment from, long at, int length) {
    count++;
    if (most > 0) {
      if (packets.size() == most) {
        packets.removeFirst();
      }
      packets.addLast(from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
    }
  }

  long count() {
    return count;
  }

  List<byte[]> packets() {
    return packets.stream().map(byte[]::clone).toList();
  }
}
