// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import java.lang.foreign.Arena;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout.PathElement;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.invoke.VarHandle;

/**
 * Where a downcall leaves its {@code errno}. One belongs to one caller at a time, so that a thread
 * never reads the errno of another's call.
 */
public final class CallState {
  private static final StructLayout LAYOUT = Linker.Option.captureStateLayout();
  private static final VarHandle ERRNO =
      LAYOUT.varHandle(PathElement.groupElement("errno")).withInvokeExactBehavior();

  private final MemorySegment segment;

  public CallState(Arena arena) {
    segment = arena.allocate(LAYOUT);
  }

  public MemorySegment segment() {
    return segment;
  }

  /** The result of a call in the manner of the kernel: below zero it is the negated errno. */
  public int result(int returned) {
    return returned >= 0 ? returned : -(int) ERRNO.get(segment, 0L);
  }

  public long result(long returned) {
    return returned >= 0 ? returned : -(int) ERRNO.get(segment, 0L);
  }
}
