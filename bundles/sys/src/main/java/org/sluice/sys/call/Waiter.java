// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.sys.SysException;

/**
 * Waits until one of its descriptors can be read, or until it is woken. One thread waits; any
 * wakes. Owns the descriptor by which it is woken, not the others.
 *
 * <p>Who closes it must have made the waiting thread leave before.
 */
public final class Waiter implements AutoCloseable {
  private static final long POLLED = 8;
  private static final long ARRIVED = 6;

  private final MemorySegment polled;
  private final MemorySegment woken;
  private final MemorySegment counter;
  private final MemorySegment one;
  private final CallState waiting;
  private final int wakeUp;

  private Waiter(Arena arena, CallState state, int[] fds, int wakeUp) {
    this.wakeUp = wakeUp;
    waiting = state;
    polled = arena.allocate(POLLED * (fds.length + 1), 4);
    woken = polled.asSlice(0, POLLED);
    counter = arena.allocate(JAVA_LONG);
    one = arena.allocateFrom(JAVA_LONG, 1L);
    watch(0, wakeUp);
    for (int i = 0; i < fds.length; i++) {
      watch(POLLED * (i + 1), fds[i]);
    }
  }

  /**
   * @param arena of shared memory, alive as long as the waiter
   * @param fds what is waited for
   */
  public static Waiter open(Arena arena, int... fds) throws SysException {
    CallState state = new CallState(arena);
    int wakeUp = Libc.eventfd(state, 0, Libc.EFD_CLOEXEC | Libc.EFD_NONBLOCK);
    if (wakeUp < 0) {
      throw new SysException("waiting for a descriptor", "eventfd", -wakeUp);
    }
    return new Waiter(arena, state, fds, wakeUp);
  }

  /**
   * Waits.
   *
   * @param nanos the longest; it is rounded up to milliseconds
   * @return whether a descriptor can be read
   */
  public boolean await(long nanos) {
    int ready = Libc.poll(waiting, polled, millis(nanos));
    if (ready <= 0) {
      return false;
    }
    if (polled.get(JAVA_SHORT, ARRIVED) != 0) {
      Libc.read(waiting, wakeUp, counter);
      ready--;
    }
    return ready > 0;
  }

  /**
   * Waits until it is woken, whatever can be read.
   *
   * @param nanos the longest; it is rounded up to milliseconds
   */
  public void rest(long nanos) {
    if (Libc.poll(waiting, woken, millis(nanos)) > 0) {
      Libc.read(waiting, wakeUp, counter);
    }
  }

  private static int millis(long nanos) {
    return (int) Math.min(Math.ceilDiv(nanos, 1_000_000L), Integer.MAX_VALUE);
  }

  /** Ends a running {@link #await} or {@link #rest}, or the next one. Any thread. */
  public void wake() {
    try (Arena scratch = Arena.ofConfined()) {
      Libc.write(new CallState(scratch), wakeUp, one);
    }
  }

  @Override
  public void close() {
    Libc.close(waiting, wakeUp);
  }

  private void watch(long at, int fd) {
    polled.set(JAVA_INT, at, fd);
    polled.set(JAVA_SHORT, at + 4, Libc.POLLIN);
  }
}
