// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Duration;
import java.util.random.RandomGenerator;

/** How long to wait before the next try: twice as long each time, less a random part. */
final class Backoff {
  private static final long FIRST_MILLIS = 1000;
  private static final long MOST_MILLIS = 300_000;
  private static final int DOUBLINGS = 10;

  private final RandomGenerator random;

  Backoff(RandomGenerator random) {
    this.random = random;
  }

  /**
   * @param tries how many there were, from 1
   */
  Duration after(int tries) {
    long most = Math.min(MOST_MILLIS, FIRST_MILLIS << Math.min(tries - 1, DOUBLINGS));
    return Duration.ofMillis(most / 2 + random.nextLong(most / 2 + 1));
  }
}
