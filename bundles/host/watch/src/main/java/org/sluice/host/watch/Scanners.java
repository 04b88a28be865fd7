// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.watch;

import java.util.Arrays;
import java.util.Objects;

/**
 * The threads of FileInstall. There is no service to reach them by: each is named after the folder
 * it scans and waits on itself between two scans.
 */
final class Scanners {
  private static final String PREFIX = "fileinstall-";

  /** Makes the scanner of a folder look at once; does nothing when there is none (yet). */
  void wake(String folder) {
    for (Thread thread : threads()) {
      if (thread.getName().equals(PREFIX + folder)) {
        synchronized (thread) {
          thread.notifyAll();
        }
      }
    }
  }

  private static Thread[] threads() {
    ThreadGroup group = Thread.currentThread().getThreadGroup();
    for (ThreadGroup parent = group.getParent(); parent != null; parent = group.getParent()) {
      group = parent;
    }
    Thread[] threads = new Thread[group.activeCount() + 16];
    int count = group.enumerate(threads);
    return Arrays.stream(threads, 0, count).filter(Objects::nonNull).toArray(Thread[]::new);
  }
}
