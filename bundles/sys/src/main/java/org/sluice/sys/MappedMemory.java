// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.LibcMemory;

/**
 * Memory outside the heap, of no file, zeroed and present. It is unmapped when its arena is closed.
 *
 * @param pages what it was really made of
 */
public record MappedMemory(MemorySegment segment, PageKind pages) {
  private static final long SMALL = 4096;
  private static final long HUGE = 2L << 20;
  private static final long GIANT = 1L << 30;
  private static final int HUGE_SHIFT = 21 << LibcMemory.MAP_HUGE_SHIFT;
  private static final int GIANT_SHIFT = 30 << LibcMemory.MAP_HUGE_SHIFT;

  /**
   * Maps memory, of smaller pages where the wanted ones cannot be had.
   *
   * @param length in bytes; a whole number of pages is mapped
   */
  public static MappedMemory map(Arena arena, long length, PageKind wanted) throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      CallState state = new CallState(scratch);
      if (wanted == PageKind.GIANT) {
        long address = mmap(state, up(length, GIANT), LibcMemory.MAP_HUGETLB | GIANT_SHIFT);
        if (address > 0) {
          return of(arena, address, up(length, GIANT), length, PageKind.GIANT);
        }
      }
      if (wanted.compareTo(PageKind.HUGE) >= 0) {
        long address = mmap(state, up(length, HUGE), LibcMemory.MAP_HUGETLB | HUGE_SHIFT);
        if (address > 0) {
          return of(arena, address, up(length, HUGE), length, PageKind.HUGE);
        }
      }
      boolean large = wanted != PageKind.SMALL && length >= HUGE;
      // A transparent huge page begins at a multiple of its size, so there must be room to move.
      long whole = large ? up(length, HUGE) + HUGE : up(length, SMALL);
      long address = mmap(state, whole, large ? 0 : LibcMemory.MAP_POPULATE);
      if (address < 0) {
        throw new SysException(length + " bytes of memory", "mmap", (int) -address);
      }
      long begin = large ? up(address, HUGE) : address;
      boolean advised =
          large
              && LibcMemory.madvise(state, begin, up(length, HUGE), LibcMemory.MADV_HUGEPAGE) == 0;
      MappedMemory mapped =
          of(arena, address, whole, whole, advised ? PageKind.TRANSPARENT : PageKind.SMALL);
      MemorySegment used = mapped.segment.asSlice(begin - address, length);
      if (large) {
        used.fill((byte) 0);
      }
      return new MappedMemory(used, mapped.pages);
    }
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  private static MappedMemory of(
      Arena arena, long address, long mapped, long length, PageKind pages) {
    MemorySegment segment =
        MemorySegment.ofAddress(address)
            .reinterpret(length, arena, end -> unmap(end.address(), mapped));
    return new MappedMemory(segment, pages);
  }

  private static void unmap(long address, long length) {
    try (Arena scratch = Arena.ofConfined()) {
      LibcMemory.munmap(new CallState(scratch), address, length);
    }
  }

  private static long mmap(CallState state, long length, int flags) {
    return LibcMemory.mmap(
        state,
        length,
        LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
        LibcMemory.MAP_PRIVATE | LibcMemory.MAP_ANONYMOUS | flags,
        -1,
        0);
  }

  private static long up(long length, long page) {
    return (length + page - 1) & -page;
  }
}
