// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.bpf;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

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
  static final int PROG_BY_ID = 13;
  static final int OBJ_GET_INFO = 15;
  static final int LINK_CREATE = 28;
  static final int LINK_UPDATE = 29;
  static final int LINK_BY_ID = 30;
  static final int LINK_NEXT = 31;
  static final int LINK_DETACH = 34;

  /** Longer than what any of the commands reads; the rest is zero. */
  static final int ATTRIBUTES = 152;

  static final int INFO = 256;

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

  /** A descriptor of what the kernel knows under a number; the negated errno on failure. */
  static int byId(Arena arena, int command, int id) {
    MemorySegment attributes = attributes(arena);
    attributes.set(JAVA_INT, 0, id);
    return call(arena, command, attributes);
  }

  /** Has the kernel describe an object; 0 or the negated errno. */
  static int info(Arena arena, int descriptor, MemorySegment into) {
    MemorySegment attributes = attributes(arena);
    attributes.set(JAVA_INT, 0, descriptor);
    attributes.set(JAVA_INT, 4, (int) into.byteSize());
    attributes.set(JAVA_LONG, 8, into.address());
    return call(arena, OBJ_GET_INFO, attributes);
  }

  /** The number under which the kernel knows a program or a map. */
  static int id(String subject, int descriptor) throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment info = arena.allocate(INFO, 8);
      int result = info(arena, descriptor, info);
      if (result < 0) {
        throw new SysException(subject, "BPF_OBJ_GET_INFO_BY_FD", -result);
      }
      return info.get(JAVA_INT, 4);
    }
  }

  static void close(int descriptor) {
    try (Arena arena = Arena.ofConfined()) {
      Libc.close(new CallState(arena), descriptor);
    }
  }
}
