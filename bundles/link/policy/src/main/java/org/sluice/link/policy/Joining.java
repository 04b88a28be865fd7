// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

/** Waits for the end of threads. */
final class Joining {
  private Joining() {}

  /** Returns when the thread has ended, whatever interrupts come. */
  static void join(Thread thread) {
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
}
