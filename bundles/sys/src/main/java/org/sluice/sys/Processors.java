// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.LibcKernel;

/** Where threads run. */
public final class Processors {
  private static final int BYTES = 128;

  private Processors() {}

  /**
   * Makes the calling thread run on one processor alone.
   *
   * @param processor counted from 0, as in {@code /proc/cpuinfo}
   */
  public static void pin(int processor) throws SysException {
    if (processor < 0 || processor >= BYTES * 8) {
      throw new SysException("processor " + processor, "sched_setaffinity", Errno.EINVAL.number());
    }
    try (Arena scratch = Arena.ofConfined()) {
      MemorySegment set = scratch.allocate(BYTES, 8);
      set.set(ValueLayout.JAVA_BYTE, processor / 8, (byte) (1 << (processor % 8)));
      int result = LibcKernel.affinity(new CallState(scratch), set);
      if (result < 0) {
        throw new SysException("processor " + processor, "sched_setaffinity", -result);
      }
    }
  }
}
