// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * How long packets may be to receivers behind a narrow place. Bounded: a receiver has one place
 * only, and takes it from whoever is there. What is forgotten is told again by the router. Not safe
 * for several threads at once.
 */
final class PathMtus {
  static final long LIFETIME = TimeUnit.MINUTES.toNanos(10);

  /** A lower one would serve only who wants to slow us down. */
  static final int LEAST_FOUR = 552;

  static final int LEAST_SIX = 1280;

  /** What old routers, which do not tell, may have meant (RFC 1191). */
  private static final List<Integer> PLATEAUS =
      List.of(32_000, 17_914, 8166, 4352, 2002, 1492, 1006, 576);

  private static final int CAPACITY = 256;

  private final long[] highs = new long[CAPACITY];
  private final long[] lows = new long[CAPACITY];
  private final int[] mtus = new int[CAPACITY];
  private final long[] since = new long[CAPACITY];
  private boolean any;

  /**
   * Notes that packets to a receiver were too long; one that may be longer than before is not
   * believed.
   */
  void lower(long high, long low, int mtu, long now) {
    int least = Math.max(mtu, Ip.four(high, low) ? LEAST_FOUR : LEAST_SIX);
    if (least < of(high, low, Integer.MAX_VALUE, now)) {
      int place = mix(high, low) & (CAPACITY - 1);
      highs[place] = high;
      lows[place] = low;
      mtus[place] = least;
      since[place] = now;
      any = true;
    }
  }

  /**
   * How long a packet may be.
   *
   * @param link how long the link lets it be
   */
  int of(long high, long low, int link, long now) {
    if (!any) {
      return link;
    }
    int place = mix(high, low) & (CAPACITY - 1);
    boolean known =
        mtus[place] != 0
            && lows[place] == low
            && highs[place] == high
            && now - since[place] < LIFETIME;
    return known ? Math.min(link, mtus[place]) : link;
  }

  /** What a router means that refused a packet of this length and does not say why. */
  static int guess(int length) {
    for (int plateau : PLATEAUS) {
      if (plateau < length) {
        return plateau;
      }
    }
    return LEAST_FOUR;
  }

  static int mix(long high, long low) {
    long mixed = (high * 0x9e37_79b9_7f4a_7c15L ^ low) * 0xc2b2_ae3d_27d4_eb4fL;
    return (int) (mixed >>> 40);
  }
}
