// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.driver.ChunkPool;

/**
 * What the release of a packet costs by one to four threads: by the ring, which one thread empties
 * for batches, and by the lock of the pool for each packet. Run by hand.
 */
final class ReleaseCost {
  private static final int CHUNKS = 4096;
  private static final int ROUNDS = 400;

  private ReleaseCost() {}

  public static void main(String[] arguments) throws Exception {
    for (int warm = 0; warm < 2; warm++) {
      for (int threads : new int[] {1, 2, 4}) {
        double[] ring = new double[5];
        double[] lock = new double[5];
        for (int i = 0; i < 5; i++) {
          ring[i] = ring(threads);
          lock[i] = lock(threads);
        }
        Arrays.sort(ring);
        Arrays.sort(lock);
        System.out.printf(
            "%d threads: ring %.1f ns a packet (%.1f to %.1f), lock %.1f ns (%.1f to %.1f)%n",
            threads, ring[2], ring[0], ring[4], lock[2], lock[0], lock[4]);
      }
    }
  }

  private static double ring(int threads) throws Exception {
    try (Arena arena = Arena.ofShared()) {
      Stock stock = new Stock(arena, arena.allocate(CHUNKS * 2048L), 2048, () -> {});
      FrameBatch back = new FrameBatch(256);
      long time = 0;
      for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < CHUNKS; i++) {
          stock.at(2048L * i).arrive(2048L * i, 60, 0);
        }
        time += timed(threads, (from, to) -> releaseAll(stock, from, to));
        while (stock.take(back) > 0) {
          back.clear();
        }
      }
      return time / (double) (ROUNDS * CHUNKS);
    }
  }

  private static void releaseAll(Stock stock, int from, int to) {
    for (int i = from; i < to; i++) {
      stock.at(2048L * i).release();
    }
  }

  private static double lock(int threads) throws Exception {
    ChunkPool pool = new ChunkPool(CHUNKS, 2048);
    long[] taken = new long[CHUNKS];
    long time = 0;
    for (int round = 0; round < ROUNDS; round++) {
      pool.take(taken, 0, CHUNKS);
      time +=
          timed(
              threads,
              (from, to) -> {
                for (int i = from; i < to; i++) {
                  pool.give(taken, i, 1);
                }
              });
    }
    return time / (double) (ROUNDS * CHUNKS);
  }

  private interface Work {
    void run(int from, int to);
  }

  private static long timed(int threads, Work work) throws Exception {
    CountDownLatch ready = new CountDownLatch(threads);
    CountDownLatch go = new CountDownLatch(1);
    List<Thread> all = new ArrayList<>();
    for (int t = 0; t < threads; t++) {
      int from = CHUNKS / threads * t;
      int to = CHUNKS / threads * (t + 1);
      all.add(
          Thread.ofPlatform()
              .start(
                  () -> {
                    ready.countDown();
                    try {
                      go.await();
                    } catch (InterruptedException e) {
                      return;
                    }
                    work.run(from, to);
                  }));
    }
    ready.await();
    long begin = System.nanoTime();
    go.countDown();
    for (Thread thread : all) {
      thread.join();
    }
    return System.nanoTime() - begin;
  }
}
