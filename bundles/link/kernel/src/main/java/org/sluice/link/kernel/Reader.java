// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.SinkRevokedException;
import org.sluice.link.api.SourceState.Condition;
import org.sluice.sys.SysException;

/** The thread that listens to the kernel, and begins anew when that fails. */
final class Reader {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.kernel");
  private static final long PAUSE_MILLIS = 1000;

  private final LinkSink sink;
  private final Tally tally;
  private final Routes routes;
  private final int receiveBuffer;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "link.kernel/reader");
  private @Nullable KernelView view;

  Reader(LinkSink sink, Tally tally, Routes routes, int receiveBuffer) {
    this.sink = sink;
    this.tally = tally;
    this.routes = routes;
    this.receiveBuffer = receiveBuffer;
  }

  void start() {
    thread.start();
  }

  /** Returns when the thread has ended and its descriptors are closed. */
  void stop() {
    KernelView open;
    synchronized (this) {
      stopped.countDown();
      open = view;
    }
    if (open != null) {
      open.close();
    }
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Leaving now would leave the thread and its sockets behind.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (stopped.getCount() > 0) {
        try (KernelView current = open()) {
          if (current != null) {
            current.watch();
          }
        } catch (SinkRevokedException e) {
          throw e;
        } catch (IOException | RuntimeException e) {
          failed(e);
        }
      }
    } catch (SinkRevokedException e) {
      LOG.log(System.Logger.Level.DEBUG, "reader ends: " + e.getMessage());
    }
  }

  private synchronized @Nullable KernelView open() throws SysException {
    if (stopped.getCount() == 0) {
      return null;
    }
    KernelView opened = new KernelView(sink, tally, routes, receiveBuffer);
    view = opened;
    return opened;
  }

  private void failed(Exception e) {
    if (stopped.getCount() == 0) {
      return;
    }
    tally.failed(e.getMessage() == null ? e.toString() : e.getMessage());
    LOG.log(
        System.Logger.Level.ERROR,
        "reading the network from the kernel failed, trying again in " + PAUSE_MILLIS + " ms",
        e);
    sink.condition(Condition.FAILING, tally.failure());
    try {
      stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupt) {
      // Nobody but the owner ends this thread, and it does so by stop().
      LOG.log(System.Logger.Level.DEBUG, "interrupted while waiting");
    }
  }
}
