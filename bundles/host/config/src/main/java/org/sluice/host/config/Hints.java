// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;

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
   * Waits for a hint and until no more of them come, or for the time.
   *
   * @return when the first of the hints was given; 0 when there was none
   */
  synchronized long await(Duration time) throws InterruptedException {
    long end = System.nanoTime() + time.toNanos();
    while (!closed) {
      long now = System.nanoTime();
      long until = waiting ? Math.min(latest + SETTLE, first + SETTLE_AT_MOST) : end;
      if (until - now <= 0) {
        break;
      }
      // Never wait(0), which waits for ever.
      wait((until - now) / 1_000_000, (int) Math.max(1, (until - now) % 1_000_000));
    }
    long given = waiting ? first : 0;
    waiting = false;
    return given;
  }
}
