// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.concurrent.CompletableFuture;

/**
 * What somebody makes of a service that he follows. A {@link FollowedService} calls it, one call at
 * a time and under a lock of its own; see there for threads, order and failure.
 *
 * @param <T> everything that is read of the service at once
 */
public interface Following<T> {

  /**
   * Asks the service for everything. Called when signals are complete, so what is told by {@link
   * #signal} after the answer is newer than it, and what was told before is part of it.
   *
   * @return fails when there is no answer, or when it makes no sense; that is told by {@link
   *     #failing} or {@link #absent}, and it is read again
   */
  CompletableFuture<T> read(Bus bus);

  /** What to do about a failure of {@link #read}, as the end of a message; often nothing. */
  default String advice(Throwable failure) {
    return "";
  }

  /**
   * The service is there and this is everything. It takes the place of all that is kept.
   *
   * @param afterGap whether the service or the bus was out of reach since it was taken last
   */
  void took(T everything, boolean afterGap);

  /** Something changed. Told only while there is something taken that it can change. */
  void signal(Signal signal);

  /**
   * The service or the bus is out of reach. What is kept may be wrong by now, and is still all that
   * anybody knows; {@link #took} or {@link #absent} follows.
   *
   * @param why for people, and what happens next
   */
  void failing(String why);

  /**
   * There is no such service. Nothing that is kept is so any more. Told again when the reason
   * changes.
   *
   * @param why for people
   */
  void absent(String why);

  /**
   * One of these methods, or what was given to {@link FollowedService#run}, has thrown this.
   *
   * @return whether to go on; otherwise nothing more is told
   */
  boolean survives(RuntimeException thrown);
}
