// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The result of a call. It is completed on the thread of the user, so waiting for it there would
 * never end; that is refused instead.
 */
final class CallFuture<T> extends CompletableFuture<T> {
  private final Deliverer deliverer;

  CallFuture(Deliverer deliverer) {
    this.deliverer = deliverer;
  }

  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CallFuture<>(deliverer);
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    refuseToWaitForOneself();
    return super.get();
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    refuseToWaitForOneself();
    return super.get(timeout, unit);
  }

  @Override
  public T join() {
    refuseToWaitForOneself();
    return super.join();
  }

  private void refuseToWaitForOneself() {
    if (!isDone() && deliverer.here()) {
      throw new IllegalStateException(
          "waiting for a reply on the thread that brings it; continue with thenAccept");
    }
  }
}
