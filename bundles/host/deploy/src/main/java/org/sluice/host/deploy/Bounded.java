// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Duration;

/**
 * Work that runs foreign code and may therefore never end: a thread of its own, asked to end when
 * its time is over and given up when it does not listen. The worker looks after it with {@link
 * #overdue}; the thread itself reports by what it was given as {@code done}.
 */
final class Bounded {

  /** How long an interrupted thread is given to come back. */
  private static final Duration GRACE = Duration.ofMillis(500);

  private final Thread thread;
  private final long begun = System.nanoTime();
  private final Duration limit;
  private boolean interrupted;
  private boolean abandoned;
  private String where = "";

  Bounded(String role, Duration limit, Runnable work, Runnable done) {
    this.limit = limit;
    thread =
        Thread.ofPlatform()
            .daemon()
            .name("host.deploy/" + role)
            .unstarted(
                () -> {
                  try {
                    work.run();
                  } finally {
                    done.run();
                  }
                });
  }

  Bounded start() {
    thread.start();
    return this;
  }

  Duration age() {
    return Duration.ofNanos(System.nanoTime() - begun);
  }

  /** Until when nothing has to be done about it. */
  Duration rest() {
    Duration rest = (interrupted ? limit.plus(GRACE) : limit).minus(age());
    return rest.isNegative() ? Duration.ZERO : rest;
  }

  /**
   * Interrupts the thread when its time is over.
   *
   * @return whether it ignored that, too: from now on nobody waits for it
   */
  boolean overdue() {
    if (abandoned || age().compareTo(limit) < 0) {
      return false;
    }
    if (!interrupted) {
      interrupted = true;
      where = place();
      thread.interrupt();
      return false;
    }
    abandoned = age().compareTo(limit.plus(GRACE)) >= 0;
    return abandoned;
  }

  boolean abandoned() {
    return abandoned;
  }

  boolean interruptedForTime() {
    return interrupted;
  }

  /** Where the thread stood when its time was over, in one line. */
  String where() {
    return where;
  }

  private String place() {
    for (StackTraceElement frame : thread.getStackTrace()) {
      String type = frame.getClassName();
      if (!type.startsWith("java.") && !type.startsWith("jdk.") && !type.startsWith("sun.")) {
        return frame.toString();
      }
    }
    return "an unknown place";
  }

  /** Whether the thread is the one that ends the process: {@code System.exit} never returns. */
  boolean exiting() {
    for (StackTraceElement frame : thread.getStackTrace()) {
      if (frame.getClassName().equals("java.lang.Shutdown")) {
        return true;
      }
    }
    return false;
  }

  void interrupt() {
    thread.interrupt();
  }

  void join(Duration patience) throws InterruptedException {
    thread.join(patience);
  }
}
