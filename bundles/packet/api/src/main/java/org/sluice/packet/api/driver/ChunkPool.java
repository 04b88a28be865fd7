// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The chunks of a port that are free, by the address of their beginning; the one that came last
 * goes first, since it is still in the cache. Any thread.
 */
public final class ChunkPool {
  private final ReentrantLock lock = new ReentrantLock();
  private final long[] free;
  private final long mask;
  private final long end;
  private final int total;
  private int count;
  private int held;

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
    lock.lock();
    try {
      int taken = Math.min(most, count);
      count -= taken;
      System.arraycopy(free, count, into, at, taken);
      return taken;
    } finally {
      lock.unlock();
    }
  }

  /** Takes back what the port had for its own use. */
  public void give(long[] from, int at, int number) {
    lock.lock();
    try {
      room(number);
      for (int i = 0; i < number; i++) {
        free[count++] = from[at + i] & mask;
      }
    } finally {
      lock.unlock();
    }
  }

  /**
   * Takes back what the holder had. An address that lies in no chunk is passed over: whoever made
   * it up still has the chunk.
   *
   * @param words of a batch: an address, then {@code stride - 1} others
   */
  public void release(long[] words, int stride, int number) {
    lock.lock();
    try {
      room(inside(words, stride, number));
      for (int i = 0; i < number; i++) {
        long address = words[i * stride];
        if (address >= 0 && address < end) {
          free[count++] = address & mask;
          held--;
        }
      }
    } finally {
      lock.unlock();
    }
  }

  /** Notes that this many chunks went from the port to the holder; negative, the other way. */
  public void handedOut(int number) {
    lock.lock();
    try {
      held += number;
    } finally {
      lock.unlock();
    }
  }

  /** How many are free now. */
  public int free() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  /** How many are with the holder now. */
  public int held() {
    lock.lock();
    try {
      return held;
    } finally {
      lock.unlock();
    }
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

  private void room(int number) {
    if (number > total - count) {
      throw new IllegalStateException(
          "%d chunks are given back where at most %d can be missing"
              .formatted(number, total - count));
    }
  }
}
