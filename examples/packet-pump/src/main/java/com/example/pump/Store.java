package com.example.pump;

/** Chunks that are in no ring; the one that came last goes first. One thread. */
final class Store {
  private final long[] chunks;
  private final long mask;
  private int count;

  /**
   * @param free those to begin with
   * @param all how many there are
   */
  Store(long[] free, int all, int chunkSize) {
    chunks = new long[all];
    mask = -(long) chunkSize;
    put(free, free.length);
  }

  /** Any address in a chunk stands for it. */
  void put(long[] from, int number) {
    for (int i = 0; i < number; i++) {
      chunks[count++] = from[i] & mask;
    }
  }

  int take(long[] into, int most) {
    int number = Math.min(most, count);
    count -= number;
    System.arraycopy(chunks, count, into, 0, number);
    return number;
  }
}
