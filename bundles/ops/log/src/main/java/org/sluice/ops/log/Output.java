// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * Writes lines on a thread of its own. When the reader of standard error does not read, lines are
 * dropped and counted; otherwise one stopped pager would stop every thread that logs.
 */
final class Output implements AutoCloseable {
  private static final int QUEUE = 4096;
  private static final int BATCH = 128;
  private static final long TICK_MILLIS = 500;
  private static final long STOP_MILLIS = 2000;
  private static final long FLUSH_MILLIS = 3000;

  /** Where the lines come from that nobody brings: counts of what was kept back. */
  interface Late {
    /** Whether it is worth asking again soon. */
    boolean pending();

    List<LogLine> lines();
  }

  /** Makes a record a line, with its line break. */
  interface Format {
    String write(LogLine line);
  }

  private final BlockingQueue<Item> queue = new ArrayBlockingQueue<>(QUEUE);
  private final LongAdder lost = new LongAdder();
  private final OutputStream out;
  private final Format format;
  private final Late late;
  private final Thread thread;
  private volatile boolean closed;

  /**
   * @param line null for a nudge
   * @param written told when everything before it has been written
   */
  private record Item(@Nullable LogLine line, @Nullable CountDownLatch written) {
    Item(@Nullable LogLine line) {
      this(line, null);
    }
  }

  Output(OutputStream out, Format format, Late late) {
    this.out = out;
    this.format = format;
    this.late = late;
    this.thread = Thread.ofPlatform().daemon().name("ops.log/writer").unstarted(this::run);
  }

  Output start() {
    thread.start();
    return this;
  }

  void write(LogLine line) {
    if (!queue.offer(new Item(line))) {
      lost.increment();
    }
  }

  /** There may be late lines soon. When the queue is full the thread is awake anyway. */
  void nudge() {
    if (!queue.offer(new Item(null))) {
      Thread.onSpinWait();
    }
  }

  /** Waits until what is there has been written, unless standard error is blocked. */
  void flush() {
    CountDownLatch written = new CountDownLatch(1);
    try {
      // Whether in time or not, there is nothing more to be done.
      boolean _ =
          thread.isAlive()
              && queue.offer(new Item(null, written))
              && written.await(FLUSH_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Lines that were dropped because nobody read standard error. */
  long lost() {
    return lost.sum();
  }

  private void run() {
    long told = 0;
    try {
      while (!closed || !queue.isEmpty()) {
        List<Item> items = new ArrayList<>();
        Item first = late.pending() ? queue.poll(TICK_MILLIS, TimeUnit.MILLISECONDS) : queue.take();
        if (first != null) {
          items.add(first);
          queue.drainTo(items, BATCH);
        }
        StringBuilder text = new StringBuilder();
        for (Item item : items) {
          if (item.line() != null) {
            text.append(format.write(item.line()));
          }
        }
        for (LogLine line : late.lines()) {
          text.append(format.write(line));
        }
        long lostNow = lost.sum();
        if (lostNow > told) {
          text.append(format.write(LogLine.lost(lostNow - told)));
          told = lostNow;
        }
        out.write(text.toString().getBytes(StandardCharsets.UTF_8));
        out.flush();
        for (Item item : items) {
          if (item.written() != null) {
            item.written().countDown();
          }
        }
      }
    } catch (InterruptedException e) {
      // Closed while standard error was blocked; what is in the queue cannot be written.
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      // There is no place left to tell this: standard error itself is gone.
      lost.add(queue.size());
    }
  }

  /** Writes what is there, unless standard error is blocked. */
  @Override
  public void close() {
    closed = true;
    nudge();
    try {
      thread.join(STOP_MILLIS);
      thread.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
