// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

/**
 * Lets so many through at once, and then one whenever another share of a minute has passed. Times
 * are nanoseconds of one clock that only rises. Guarded by whoever owns it.
 */
final class Bucket {
  private static final double MINUTE = 60e9;

  private final int perMinute;
  private double tokens;
  private long filled;

  /**
   * @param perMinute how many at once and each minute; 0 for as many as come
   */
  Bucket(int perMinute, long now) {
    this.perMinute = perMinute;
    this.tokens = perMinute;
    this.filled = now;
  }

  int perMinute() {
    return perMinute;
  }

  boolean take(long now) {
    if (perMinute == 0) {
      return true;
    }
    fill(now);
    // A hair below one is one: it was waited for.
    if (tokens < 1 - 1e-6) {
      return false;
    }
    tokens -= 1;
    return true;
  }

  /** What was taken was not used. */
  void giveBack() {
    tokens = Math.min(perMinute, tokens + 1);
  }

  /** How long until something can be taken, in nanoseconds. */
  long shortfall(long now) {
    if (perMinute == 0) {
      return 0;
    }
    fill(now);
    return tokens >= 1 ? 0 : (long) Math.ceil((1 - tokens) * MINUTE / perMinute);
  }

  /** Whether it is as good as a new one. */
  boolean full(long now) {
    fill(now);
    return tokens >= perMinute;
  }

  private void fill(long now) {
    tokens = Math.min(perMinute, tokens + (now - filled) * perMinute / MINUTE);
    filled = now;
  }
}
