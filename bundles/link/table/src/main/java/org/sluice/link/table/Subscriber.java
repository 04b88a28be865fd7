// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;

/**
 * One who is told, on a thread of its own. It holds no queue: it reads the log of the table from
 * where it is, so that it can neither be filled up nor hold anything up.
 */
final class Subscriber implements LinkSubscription {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.table");
  private static final long PATIENCE_MILLIS = 5000;

  private final LiveTable table;
  private final String name;
  private final LinkListener listener;
  private final Thread thread;

  /** Whether there may be news that it has not looked at. */
  private final AtomicBoolean rung = new AtomicBoolean();

  /** The last number it was told. Guarded by the lock of the table, as all below. */
  private long seen;

  private @Nullable LinkSnapshot first;
  private boolean closed;

  /**
   * @param first the picture to begin with: what happens after subscribing is an event; null when
   *     it goes on after what it has seen
   */
  Subscriber(
      LiveTable table,
      String name,
      LinkListener listener,
      long seen,
      @Nullable LinkSnapshot first) {
    this.table = table;
    this.name = name;
    this.listener = listener;
    this.seen = seen;
    this.first = first;
    this.thread = new Thread(this::run, "link.table/to-" + name);
  }

  void start() {
    thread.start();
  }

  /** There is news. Whoever is rung already is not woken twice. */
  void ring() {
    if (rung.compareAndSet(false, true)) {
      LockSupport.unpark(thread);
    }
  }

  /** Waits until it is rung; only its own thread may. */
  void listen() {
    while (!rung.getAndSet(false)) {
      LockSupport.park(this);
      // Only close() interrupts, which rings, or the listener left its own interrupt behind.
      boolean _ = Thread.interrupted();
    }
  }

  String name() {
    return name;
  }

  long seen() {
    return seen;
  }

  void seen(long number) {
    seen = number;
  }

  /** Once; null when there is none to begin with, or it was taken. */
  @Nullable LinkSnapshot takeFirst() {
    LinkSnapshot taken = first;
    first = null;
    return taken;
  }

  boolean closed() {
    return closed;
  }

  void markClosed() {
    closed = true;
  }

  @Override
  public void close() {
    table.leave(this);
    if (Thread.currentThread() == thread) {
      return;
    }
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      LOG.log(
          System.Logger.Level.WARNING,
          "subscriber does not return, its thread is left to end by itself name=" + name);
    }
  }

  private void run() {
    while (true) {
      switch (table.next(this)) {
        case Delivery.End ignored -> {
          return;
        }
        case Delivery.Whole whole -> tell(() -> listener.picture(whole.picture(), whole.missed()));
        case Delivery.Events events -> {
          for (LinkEvent event : events.events()) {
            if (table.left(this)) {
              return;
            }
            tell(() -> listener.event(event));
          }
        }
      }
    }
  }

  private void tell(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException e) {
      table.listenerFailed();
      LOG.log(System.Logger.Level.ERROR, "subscriber failed on what it was told name=" + name, e);
    }
  }
}
