// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.sys.SysException;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;

/** The commands of {@code bpf(2)}. */
final class Bpf {
  static final int MAP_CREATE = 0;
  static final int MAP_UPDATE = 2;
  static final int MAP_DELETE = 3;
  static final int PROG_LOAD = 5;
  static final int OBJ_PIN = 6;
  static final int OBJ_GET = 7;
  static final int PROG_TEST_RUN = 10;
  static final int OBJ_GET_INFO = 15;
  static final int LINK_CREATE = 28;
  static final int LINK_UPDATE = 29;

  /** Longer than what any of the commands reads; the rest is zero. */
  static final int ATTRIBUTES = 152;

  private Bpf() {}

  static MemorySegment attributes(Arena arena) {
    return arena.allocate(ATTRIBUTES, 8);
  }

  /** Zero or a descriptor; the negated errno on failure. */
  static int call(Arena arena, int command, MemorySegment attributes) {
    return LibcKernel.bpf(new CallState(arena), command, attributes);
  }

  static int must(Arena arena, String subject, String name, int command, MemorySegment attributes)
      throws SysException {
    int result = call(arena, command, attributes);
    if (result < 0) {
      throw new SysException(subject, name, -result);
    }
    return result;
  }

  static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      Libc.close(new CallState(arena), descriptor);
    }
  }
}
