// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.time.Duration;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The thread on which one user is told everything, in the order of posting. What is posted is
 * bounded by who posts: see {@link Mailbox}, {@link PendingCalls} and {@link IncomingCalls}.
 */
final class Deliverer {
  private static final System.Logger LOG = System.getLogger("org.sluice.dbus");
  private static final Duration PATIENCE = Duration.ofSeconds(3);
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);

  private final BlockingQueue<Runnable> queue = new LinkedBlockingQueue<>();
  private final AtomicLong waiting = new AtomicLong();
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  // Guarded by the lock.
  private boolean ended;

  Deliverer(String user) {
    thread = Thread.ofPlatform().name("dbus/" + user).daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** False when the thread has ended; then nothing was posted. */
  boolean post(Runnable task) {
    lock.lock();
    try {
      return !ended && queue.add(task);
    } finally {
      lock.unlock();
    }
  }

  /** Does it on the thread, at once if this is it; or right here when the thread has ended. */
  void execute(Runnable task) {
    if (here() || !post(task)) {
      task.run();
    }
  }

  /**
   * Posts what holds so many bytes until it was done.
   *
   * @return false when more than the limit would be held; then nothing was posted
   */
  boolean post(int size, long limit, Runnable task) {
    if (waiting.addAndGet(size) > limit && waiting.get() != size) {
      waiting.addAndGet(-size);
      return false;
    }
    post(
        () -> {
          waiting.addAndGet(-size);
          task.run();
        });
    return true;
  }

  boolean here() {
    return Thread.currentThread() == thread;
  }

  /** Does what was posted until now, then ends; waits for it unless called by what was posted. */
  void close() {
    boolean first = post(this::end);
    if (!first || here()) {
      return;
    }
    try {
      if (!thread.join(PATIENCE)) {
        thread.interrupt();
        if (!thread.join(AFTER_INTERRUPT)) {
          LOG.log(
              System.Logger.Level.ERROR,
              "thread {0} does not end; it stands in {1}",
              thread.getName(),
              java.util.Arrays.stream(thread.getStackTrace()).limit(5).toList());
        }
      }
    } catch (InterruptedException e) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }

  private void end() {
    lock.lock();
    try {
      ended = true;
    } finally {
      lock.unlock();
    }
  }

  private boolean open() {
    lock.lock();
    try {
      return !ended;
    } finally {
      lock.unlock();
    }
  }

  /** What was posted before the end is done, so that no future is left open. */
  private void run() {
    while (open() || !queue.isEmpty()) {
      try {
        queue.take().run();
      } catch (InterruptedException e) {
        LOG.log(System.Logger.Level.DEBUG, "a listener left its interrupt behind", e);
      } catch (Throwable e) {
        // Errors too: a listener whose bundle was swapped may fail to find its classes.
        LOG.log(System.Logger.Level.ERROR, "a listener of D-Bus failed on " + thread.getName(), e);
      }
    }
  }
}
