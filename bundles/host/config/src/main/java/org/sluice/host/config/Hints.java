// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** Word that there may be something to look at. Any thread may give it; one thread waits for it. */
final class Hints {
  private static final long SETTLE = Duration.ofMillis(20).toNanos();

  /** A folder that never comes to rest is looked at all the same. */
  private static final long SETTLE_AT_MOST = Duration.ofMillis(200).toNanos();

  private long first;
  private long latest;
  private boolean waiting;
  private boolean closed;

  /** Something may have changed. */
  synchronized void give() {
    latest = System.nanoTime();
    if (!waiting) {
      waiting = true;
      first = latest;
    }
    notifyAll();
  }

  /** Ends all waiting, for good. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  /**
   * Waits for a hint, or for the time.
   *
   * @return whether there is one
   */
  synchronized boolean await(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!closed && !waiting && end - System.nanoTime() > 0) {
      TimeUnit.NANOSECONDS.timedWait(this, end - System.nanoTime());
    }
    return waiting;
  }

  /** Waits until no more hints come, and takes them. */
  synchronized void settle() throws InterruptedException {
    while (!closed && waiting) {
      long left = Math.min(latest + SETTLE, first + SETTLE_AT_MOST) - System.nanoTime();
      if (left <= 0) {
        break;
      }
      TimeUnit.NANOSECONDS.timedWait(this, left);
    }
    waiting = false;
  }
}
