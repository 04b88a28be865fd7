// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * The chunks of a port that are free, by the address of their beginning; the one that came last
 * goes first, since it is still in the cache. Any thread.
 *
 * <p>Its lock is taken a few times per batch and held for some nanoseconds, mostly by one thread:
 * who finds it taken looks again, and sleeps only when the one inside was sent to sleep.
 */
public final class ChunkPool {
  private static final int LOOKS = 1000;
  private static final long PAUSE = 20_000;

  private final AtomicInteger lock = new AtomicInteger();
  private final long[] free;
  private final long mask;
  private final long end;
  private final int total;
  private final AtomicInteger held = new AtomicInteger();
  private int count;

  /**
   * Begins with all chunks free.
   *
   * @param size of a chunk, a power of two; chunk {@code i} begins at {@code i * size}
   */
  public ChunkPool(int chunks, int size) {
    total = chunks;
    mask = -(long) size;
    end = (long) chunks * size;
    free = new long[chunks];
    count = chunks;
    for (int i = 0; i < chunks; i++) {
      free[i] = (long) (chunks - 1 - i) * size;
    }
  }

  /**
   * Takes free chunks for the port's own use.
   *
   * @return how many there were, at most {@code most}
   */
  public int take(long[] into, int at, int most) {
    enter();
    try {
      int taken = Math.min(most, count);
      count -= taken;
      System.arraycopy(free, count, into, at, taken);
      return taken;
    } finally {
      leave();
    }
  }

  /** Takes back what the port had for its own use. */
  public void give(long[] from, int at, int number) {
    enter();
    try {
      if (number > total - count) {
        throw tooMany(number);
      }
      int to = count;
      for (int i = 0; i < number; i++) {
        free[to + i] = from[at + i] & mask;
      }
      count = to + number;
    } finally {
      leave();
    }
  }

  /**
   * Takes back what the holder had. An address that lies in no chunk is passed over: whoever made
   * it up still has the chunk.
   *
   * @param words of a batch: an address, then {@code stride - 1} others
   */
  public void release(long[] words, int stride, int number) {
    int back = 0;
    enter();
    try {
      if (number > total - count && inside(words, stride, number) > total - count) {
        throw tooMany(number);
      }
      int to = count;
      for (int i = 0; i < number; i++) {
        long address = words[i * stride];
        if (address >= 0 && address < end) {
          free[to++] = address & mask;
        }
      }
      back = to - count;
      count = to;
    } finally {
      leave();
    }
    held.addAndGet(-back);
  }

  /** Notes that this many chunks went from the port to the holder; negative, the other way. */
  public void handedOut(int number) {
    held.addAndGet(number);
  }

  /** How many are free now. */
  public int free() {
    enter();
    try {
      return count;
    } finally {
      leave();
    }
  }

  /** How many are with the holder now. */
  public int held() {
    return held.get();
  }

  public int total() {
    return total;
  }

  private int inside(long[] words, int stride, int number) {
    int inside = 0;
    for (int i = 0; i < number; i++) {
      long address = words[i * stride];
      inside += address >= 0 && address < end ? 1 : 0;
    }
    return inside;
  }

  private IllegalStateException tooMany(int number) {
    return new IllegalStateException(
        "%d chunks are given back where at most %d can be missing"
            .formatted(number, total - count));
  }

  private void enter() {
    for (int looks = 0; !lock.compareAndSet(0, 1); looks++) {
      if (looks < LOOKS) {
        Thread.onSpinWait();
      } else {
        LockSupport.parkNanos(this, PAUSE);
      }
    }
  }

  private void leave() {
    lock.setRelease(0);
  }
}
