// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/** Reads and writes the indices of rings in the order that both parties rely on. */
final class Indices {
  static final int NEEDS_WAKEUP = 1;

  private static final VarHandle INT = JAVA_INT.varHandle();

  private Indices() {}

  /** What the other party wrote before it moved this index is visible afterwards. */
  static int acquire(MemorySegment memory, long at) {
    return (int) INT.getAcquire(memory, at);
  }

  /** What was written before is visible to whoever sees this index. */
  static void release(MemorySegment memory, long at, int index) {
    INT.setRelease(memory, at, index);
  }

  static int plain(MemorySegment memory, long at) {
    return memory.get(JAVA_INT, at);
  }
}
