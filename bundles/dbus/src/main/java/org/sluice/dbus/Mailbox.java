// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.function.BooleanSupplier;

/**
 * What waits for one listener. Bounded: when it is full, what comes is dropped until the listener
 * was told so, in its turn; what he reads then is newer than everything that was dropped.
 */
final class Mailbox {
  private final Deliverer deliverer;
  private final BooleanSupplier open;
  private final int most;
  private final long largest;
  private final Runnable overflow;
  private int count;
  private long bytes;
  private boolean full;

  /**
   * @param open whether the listener still wants anything
   * @param most messages and bytes that may wait
   * @param overflow tells the listener that something was dropped
   */
  Mailbox(Deliverer deliverer, BooleanSupplier open, int most, long largest, Runnable overflow) {
    this.deliverer = deliverer;
    this.open = open;
    this.most = most;
    this.largest = largest;
    this.overflow = overflow;
  }

  synchronized void put(int size, Runnable task) {
    if (full) {
      return;
    }
    if (count >= most || (count > 0 && bytes + size > largest)) {
      full = true;
      deliverer.post(this::overflowed);
      return;
    }
    count++;
    bytes += size;
    deliverer.post(() -> take(size, task));
  }

  private void take(int size, Runnable task) {
    synchronized (this) {
      count--;
      bytes -= size;
    }
    if (open.getAsBoolean()) {
      task.run();
    }
  }

  private void overflowed() {
    synchronized (this) {
      full = false;
    }
    if (open.getAsBoolean()) {
      overflow.run();
    }
  }
}
