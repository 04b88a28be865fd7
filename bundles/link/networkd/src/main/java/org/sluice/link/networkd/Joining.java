// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

/** Waits for the end of a thread that was told to end. */
final class Joining {
  private Joining() {}

  static void join(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive() && Thread.currentThread() != thread) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        // Leaving now would leave the thread behind.
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
