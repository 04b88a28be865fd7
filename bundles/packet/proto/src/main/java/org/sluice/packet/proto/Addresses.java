// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.util.List;

/**
 * The addresses of this host on one link, which may become others: whoever asks for several things
 * that must fit together sees to it that they do not meanwhile.
 */
final class Addresses {
  private static final int NONE = -1;

  private volatile Prefix[] prefixes;

  Addresses(List<Prefix> prefixes) {
    this.prefixes = prefixes.toArray(Prefix[]::new);
  }

  void replace(List<Prefix> others) {
    prefixes = others.toArray(Prefix[]::new);
  }

  /** Which of them this is; -1 when it is none. */
  int index(long high, long low) {
    Prefix[] all = prefixes;
    for (int i = 0; i < all.length; i++) {
      if (all[i].low() == low && all[i].high() == high) {
        return i;
      }
    }
    return NONE;
  }

  boolean ours(long high, long low) {
    return index(high, low) >= 0;
  }

  long high(int index) {
    return prefixes[index].high();
  }

  long low(int index) {
    return prefixes[index].low();
  }

  /** Whether the address means all in one of the networks. */
  boolean broadcast(long high, long low) {
    if (!Ip.four(high, low)) {
      return false;
    }
    int four = (int) low;
    if (four == -1) {
      return true;
    }
    for (Prefix prefix : prefixes) {
      if (four != 0 && prefix.broadcast() == four) {
        return true;
      }
    }
    return false;
  }

  /**
   * Which of them packets to an address leave from: one in its network, else one that is known as
   * far as it, else any of the family; -1 when there is none.
   */
  int towards(long high, long low) {
    boolean four = Ip.four(high, low);
    boolean near = near(high);
    int best = NONE;
    int merit = 0;
    for (int i = 0; i < prefixes.length; i++) {
      Prefix prefix = prefixes[i];
      if (prefix.four() == four) {
        int found = prefix.contains(high, low) ? 3 : near(prefix.high()) == near ? 2 : 1;
        if (found > merit) {
          best = i;
          merit = found;
        }
      }
    }
    return best;
  }

  /** An address of the link itself for messages of IPv6 about it; -1 when there is none. */
  int ofLink() {
    for (int i = 0; i < prefixes.length; i++) {
      if (prefixes[i].high() >>> 54 == 0x3fa) {
        return i;
      }
    }
    return NONE;
  }

  /** Whether an address of IPv6 is known on one link only. */
  private static boolean near(long high) {
    return high >>> 54 == 0x3fa || (high >>> 56 == 0xff && (high >>> 48 & 0xf) <= 2);
  }
}
