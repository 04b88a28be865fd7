// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.uring;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.sluice.sys.Errno;
import org.sluice.sys.SysException;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;
import org.sluice.sys.call.LibcMemory;
import org.sluice.sys.call.LibcSocket;

/**
 * One io_uring: a ring of requests to the kernel and one of completions. Owns its descriptor and
 * the mappings of both rings. One thread at a time, which need not be the same for ever.
 */
public final class Uring implements AutoCloseable {
  /** The length of a request, in bytes. */
  public static final int REQUEST = 64;

  private static final long SETUP = 425;
  private static final long REGISTER = 427;
  private static final int SETUP_CQSIZE = 1 << 3;
  private static final int SETUP_SUBMIT_ALL = 1 << 7;
  private static final int FEATURE_SINGLE_MMAP = 1;
  private static final int ENTER_GETEVENTS = 1;
  private static final int REGISTER_FILES = 2;
  private static final int UNREGISTER_FILES = 3;
  private static final int REGISTER_BUFFER_RING = 22;
  private static final long OFFSET_REQUESTS = 0x1000_0000L;
  private static final int PARAMETERS = 120;
  private static final int FEATURES = 20;
  private static final int REQUEST_OFFSETS = 40;
  private static final int COMPLETION_OFFSETS = 80;
  private static final int COMPLETION = 16;
  private static final String SUBJECT = "io_uring";
  private static final VarHandle INT = JAVA_INT.varHandle();

  private final CallState state;
  private final int descriptor;
  private final MemorySegment rings;
  private final MemorySegment requests;
  private final int requestMask;
  private final long requestTailAt;
  private final int completionMask;
  private final long completionHeadAt;
  private final long completionTailAt;
  private final long completionsAt;
  private int tail;
  private int head;

  private Uring(Arena arena, int entries, int completions) throws SysException {
    state = new CallState(arena);
    MemorySegment parameters = arena.allocate(PARAMETERS, 8);
    parameters.set(JAVA_INT, 4, completions);
    parameters.set(JAVA_INT, 8, SETUP_CQSIZE | SETUP_SUBMIT_ALL);
    descriptor = check("io_uring_setup", call(SETUP, entries, parameters.address(), 0, 0));
    try {
      if ((parameters.get(JAVA_INT, FEATURES) & FEATURE_SINGLE_MMAP) == 0) {
        throw new SysException(
            SUBJECT, "mmap", Errno.ENOSYS.number(), "the kernel is older than Linux 5.4");
      }
      int requestEntries = parameters.get(JAVA_INT, 0);
      int completionEntries = parameters.get(JAVA_INT, 4);
      long arrayAt = offset(parameters, REQUEST_OFFSETS + 24);
      completionsAt = offset(parameters, COMPLETION_OFFSETS + 20);
      long length =
          Math.max(
              completionsAt + (long) COMPLETION * completionEntries,
              arrayAt + (long) Integer.BYTES * requestEntries);
      rings = map(arena, length, 0);
      requests = map(arena, (long) REQUEST * requestEntries, OFFSET_REQUESTS);
      requestMask = requestEntries - 1;
      requestTailAt = offset(parameters, REQUEST_OFFSETS + 4);
      completionMask = completionEntries - 1;
      completionHeadAt = offset(parameters, COMPLETION_OFFSETS);
      completionTailAt = offset(parameters, COMPLETION_OFFSETS + 4);
      for (int i = 0; i < requestEntries; i++) {
        rings.set(JAVA_INT, arrayAt + (long) Integer.BYTES * i, i);
      }
    } catch (SysException | RuntimeException e) {
      Libc.close(state, descriptor);
      throw e;
    }
  }

  /**
   * Makes a ring.
   *
   * @param arena of shared memory; the rings are unmapped when it is closed
   * @param entries the most requests that wait at once
   * @param completions the most completions that wait at once
   * @throws SysException ENOSYS where the kernel has none, EPERM where it is forbidden
   */
  public static Uring open(Arena arena, int entries, int completions) throws SysException {
    return new Uring(arena, entries, completions);
  }

  /** Makes a descriptor known to the ring, as number 0: the kernel need not look it up any more. */
  public void file(Arena arena, int file) throws SysException {
    MemorySegment files = arena.allocateFrom(JAVA_INT, file);
    check("IORING_REGISTER_FILES", call(REGISTER, descriptor, REGISTER_FILES, files.address(), 1));
  }

  /**
   * Makes a ring of buffers known, out of which the kernel takes one for each datagram.
   *
   * @param ring an array of {@code struct io_uring_buf}, at the beginning of a page
   * @param entries a power of two
   */
  public void buffers(Arena arena, MemorySegment ring, int entries) throws SysException {
    MemorySegment registration = arena.allocate(40, 8);
    registration.set(JAVA_LONG, 0, ring.address());
    registration.set(JAVA_INT, 8, entries);
    check(
        "IORING_REGISTER_PBUF_RING",
        call(REGISTER, descriptor, REGISTER_BUFFER_RING, registration.address(), 1));
  }

  /**
   * Puts a request into the ring.
   *
   * @param request {@link #REQUEST} bytes, which are copied
   */
  public void request(MemorySegment request) {
    MemorySegment.copy(request, 0, requests, (long) REQUEST * (tail & requestMask), REQUEST);
    tail++;
    INT.setRelease(rings, requestTailAt, tail);
  }

  /**
   * Has the kernel begin with requests, and do what it has put off.
   *
   * @return how many were begun; below zero when it refused
   */
  public int enter(int submit) {
    return (int) LibcSocket.uringEnter(descriptor, submit, ENTER_GETEVENTS);
  }

  /** How many completions wait. */
  public int ready() {
    return (int) INT.getAcquire(rings, completionTailAt) - head;
  }

  /** The result of a completion that waits, counted from the oldest. */
  public int result(int index) {
    return rings.get(JAVA_INT, completion(index) + 8);
  }

  public int flags(int index) {
    return rings.get(JAVA_INT, completion(index) + 12);
  }

  /** Makes room for new completions in the place of the oldest ones. */
  public void taken(int count) {
    head += count;
    INT.setRelease(rings, completionHeadAt, head);
  }

  /** Lets the file go at once, which the end of the ring alone would do some time later. */
  @Override
  public void close() {
    call(REGISTER, descriptor, UNREGISTER_FILES, 0, 0);
    Libc.close(state, descriptor);
  }

  private long completion(int index) {
    return completionsAt + (long) COMPLETION * ((head + index) & completionMask);
  }

  private long call(long number, long a, long b, long c, long d) {
    return LibcKernel.call(state, number, a, b, c, d, 0, 0);
  }

  private static long offset(MemorySegment parameters, long at) {
    return Integer.toUnsignedLong(parameters.get(JAVA_INT, at));
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  private MemorySegment map(Arena arena, long length, long offset) throws SysException {
    long address =
        LibcMemory.mmap(
            state,
            length,
            LibcMemory.PROT_READ | LibcMemory.PROT_WRITE,
            LibcMemory.MAP_SHARED | LibcMemory.MAP_POPULATE,
            descriptor,
            offset);
    check("mmap", address < 0 ? address : 0);
    return MemorySegment.ofAddress(address)
        .reinterpret(length, arena, end -> unmap(end.address(), length));
  }

  private static void unmap(long address, long length) {
    try (Arena scratch = Arena.ofConfined()) {
      LibcMemory.munmap(new CallState(scratch), address, length);
    }
  }

  private static int check(String call, long result) throws SysException {
    if (result < 0) {
      throw new SysException(SUBJECT, call, (int) -result);
    }
    return (int) result;
  }
}
