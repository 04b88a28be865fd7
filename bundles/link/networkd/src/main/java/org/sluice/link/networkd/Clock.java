// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import java.time.Duration;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/** Does something later, on a thread of its own. */
final class Clock implements AutoCloseable {
  private final Thread.Builder threads = Thread.ofPlatform().name("link.networkd/clock");
  private final ScheduledThreadPoolExecutor executor =
      new ScheduledThreadPoolExecutor(1, threads::unstarted);

  Clock() {
    executor.setRemoveOnCancelPolicy(true);
    executor.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  void after(Duration delay, Runnable task) {
    var _ = in(delay, task);
  }

  /** What it answers can be cancelled. */
  ScheduledFuture<?> in(Duration delay, Runnable task) {
    return executor.schedule(task, delay.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** When it returns nothing is done any more. */
  @Override
  public void close() {
    executor.shutdown();
    boolean interrupted = false;
    while (!executor.isTerminated()) {
      try {
        executor.awaitTermination(1, TimeUnit.HOURS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
