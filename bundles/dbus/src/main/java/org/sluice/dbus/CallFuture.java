// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiConsumer;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;

/**
 * The result of a call. What follows on it is done on the thread of the user, also when it was
 * complete before that was asked for; so waiting for it there would never end, and is refused
 * instead.
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
  public Executor defaultExecutor() {
    return deliverer::execute;
  }

  @Override
  public <U> CompletableFuture<U> thenApply(Function<? super T, ? extends U> next) {
    return thenApplyAsync(next, defaultExecutor());
  }

  @Override
  public CompletableFuture<Void> thenAccept(Consumer<? super T> next) {
    return thenAcceptAsync(next, defaultExecutor());
  }

  @Override
  public CompletableFuture<Void> thenRun(Runnable next) {
    return thenRunAsync(next, defaultExecutor());
  }

  @Override
  public <U> CompletableFuture<U> thenCompose(
      Function<? super T, ? extends CompletionStage<U>> next) {
    return thenComposeAsync(next, defaultExecutor());
  }

  @Override
  public <U, V> CompletableFuture<V> thenCombine(
      CompletionStage<? extends U> other, BiFunction<? super T, ? super U, ? extends V> next) {
    return thenCombineAsync(other, next, defaultExecutor());
  }

  @Override
  public <U> CompletableFuture<U> handle(BiFunction<? super T, Throwable, ? extends U> next) {
    return handleAsync(next, defaultExecutor());
  }

  @Override
  public CompletableFuture<T> whenComplete(BiConsumer<? super T, ? super Throwable> next) {
    return whenCompleteAsync(next, defaultExecutor());
  }

  @Override
  public CompletableFuture<T> exceptionally(Function<Throwable, ? extends T> next) {
    return exceptionallyAsync(next, defaultExecutor());
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
