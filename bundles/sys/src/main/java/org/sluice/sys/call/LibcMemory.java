// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** The calls of the C library that map memory. Linked all at once, when first used. */
public final class LibcMemory {
  public static final int PROT_READ = 1;
  public static final int PROT_WRITE = 2;
  public static final int MAP_SHARED = 1;
  public static final int MAP_PRIVATE = 2;
  public static final int MAP_ANONYMOUS = 0x20;
  public static final int MAP_POPULATE = 0x8000;
  public static final int MAP_HUGETLB = 0x40000;

  /** Shifts the logarithm of the size of a huge page into the flags of a mapping. */
  public static final int MAP_HUGE_SHIFT = 26;

  public static final int MADV_HUGEPAGE = 14;

  private static final MethodHandle MMAP =
      Libc.link("mmap", JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle MUNMAP = Libc.link("munmap", JAVA_INT, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle MADVISE =
      Libc.link("madvise", JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT);

  private LibcMemory() {}

  /**
   * Maps memory where the kernel likes.
   *
   * @param fd -1 for memory of no file
   * @return the address, or the negated errno
   */
  public static long mmap(
      CallState state, long length, int protection, int flags, int fd, long offset) {
    try {
      return state.result(
          (long)
              MMAP.invokeExact(
                  state.segment(), MemorySegment.NULL, length, protection, flags, fd, offset));
    } catch (Throwable t) {
      throw Libc.broken("mmap", t);
    }
  }

  public static int munmap(CallState state, long address, long length) {
    try {
      return state.result((int) MUNMAP.invokeExact(state.segment(), address, length));
    } catch (Throwable t) {
      throw Libc.broken("munmap", t);
    }
  }

  public static int madvise(CallState state, long address, long length, int advice) {
    try {
      return state.result((int) MADVISE.invokeExact(state.segment(), address, length, advice));
    } catch (Throwable t) {
      throw Libc.broken("madvise", t);
    }
  }
}
