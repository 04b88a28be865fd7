// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.GarbageCollectorMXBean;
import java.lang.management.ManagementFactory;

/**
 * When a program counts, and what: for so many seconds, after a warm-up that begins with the first
 * packet. It goes on until its input has ended and nothing comes any more, so that all packets can
 * be counted. The same as {@code struct phase} of the twins; one thread.
 */
final class Phase {
  private static final long IDLE_NANOS = 300_000_000;
  private static final int LOOKS = 64;
  private static final long LONG_NANOS = 1_000_000;

  private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private final long warm;
  private final long seconds;
  private volatile boolean ended;
  private boolean begun;
  private boolean counting;
  private boolean over;
  private long from;
  private long until;
  private long last;
  private long ends;
  private long before;
  private int looks;
  private long all;
  private long packets;
  private long batches;
  private long busy;
  private long longest;
  private long gaps;
  private long allocated;
  private long collections;
  private long collecting;

  Phase(Words options) {
    warm = options.nanos("warm", 2);
    seconds = options.nanos("seconds", 2);
    Thread.ofPlatform().daemon().name("bench.packet/input").start(this::input);
  }

  private void input() {
    try {
      while (System.in.read() >= 0) {
        // nobody says anything
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      ended = true;
    }
  }

  void begin() {
    System.out.println("ready");
    before = System.nanoTime();
  }

  /** Notes what one look found, in the time since the look before. */
  void looked(int got) {
    long time = System.nanoTime();
    if (got > 0) {
      all += got;
      looks = 0;
      last = time;
      if (!begun) {
        begun = true;
        from = time + warm;
        until = from + seconds;
      }
    } else if (++looks % LOOKS == 0 && looks >= 2 * LOOKS) {
      over = ended && (!begun || time - last > IDLE_NANOS);
    }
    if (begun && time - from >= 0 && time - until < 0) {
      if (!counting) {
        counting = true;
        start();
        // What the start took is nobody's.
        time = System.nanoTime();
      } else {
        count(got, time - before);
      }
      ends = time;
    } else if (counting) {
      counting = false;
      stop();
    }
    before = time;
  }

  private void count(int got, long nanos) {
    if (nanos > longest) {
      longest = nanos;
    }
    if (nanos > LONG_NANOS) {
      gaps++;
    }
    if (got > 0) {
      packets += got;
      busy += nanos;
      batches++;
    }
  }

  private void start() {
    collections = collections();
    collecting = collecting();
    from = System.nanoTime();
    until = from + seconds;
    allocated = threads.getCurrentThreadAllocatedBytes();
  }

  private void stop() {
    allocated = threads.getCurrentThreadAllocatedBytes() - allocated;
    collections = collections() - collections;
    collecting = collecting() - collecting;
  }

  private static long collections() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionCount)
        .sum();
  }

  private static long collecting() {
    return ManagementFactory.getGarbageCollectorMXBeans().stream()
        .mapToLong(GarbageCollectorMXBean::getCollectionTime)
        .sum();
  }

  /** Whether all that was to be counted has been. */
  boolean counted() {
    return begun && before - until >= 0;
  }

  boolean over() {
    return over;
  }

  /** How many there were in all, counted or not. */
  long all() {
    return all;
  }

  String result() {
    return "result packets=%d nanos=%d busy=%d batches=%d gap=%d gaps=%d allocated=%d collections=%d collecting=%d"
        .formatted(
            packets, ends - from, busy, batches, longest, gaps, allocated, collections, collecting);
  }
}
