// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.net.InetAddress;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A neighbourhood that knows a few routes and asks the neighbours itself. It is bounded: where it
 * is full the neighbour that was used longest ago is forgotten. Only who was looked for is learned,
 * so that strangers cannot fill it.
 *
 * <p>What a neighbour said holds for 30 s. After that it is still used, while the neighbour is
 * asked again; after three questions without an answer, a second apart, it is unreachable for three
 * seconds. Another address for the same neighbour is believed once a second.
 */
public final class NeighbourTable implements Neighbourhood {
  /** Neighbours that are remembered, if nothing else is said. */
  public static final int CAPACITY = 512;

  static final long FRESH = TimeUnit.SECONDS.toNanos(30);
  static final long BETWEEN_QUESTIONS = TimeUnit.SECONDS.toNanos(1);
  static final long UNREACHABLE_FOR = TimeUnit.SECONDS.toNanos(3);
  static final int QUESTIONS = 3;

  /** Questions to all neighbours together in a second. */
  static final int QUESTIONS_A_SECOND = 100;

  private static final int NONE = -1;

  /**
   * A way to a network.
   *
   * @param to the network; {@code 0.0.0.0/0} and {@code ::/0} are all
   * @param gateway who passes packets on; empty when the network is on the link
   */
  public record Route(Prefix to, Optional<InetAddress> gateway) {
    public Route {
      if (gateway.isPresent()
          && Ip.four(Ip.high(gateway.get()), Ip.low(gateway.get())) != to.four()) {
        throw new IllegalArgumentException(
            "%s and the gateway %s are of different families"
                .formatted(to, gateway.get().getHostAddress()));
      }
    }

    /** A network that is on the link. */
    public static Route onLink(String prefix) {
      return new Route(Prefix.parse(prefix), Optional.empty());
    }

    /** A network behind a gateway. */
    public static Route via(String prefix, String gateway) {
      return new Route(Prefix.parse(prefix), Optional.of(InetAddress.ofLiteral(gateway)));
    }
  }

  private final ReentrantLock lock = new ReentrantLock();
  private final Prefix[] networks;
  private final boolean[] direct;
  private final long[] gatewayHighs;
  private final long[] gatewayLows;

  private final int[] heads;
  private final int[] next;
  private final long[] highs;
  private final long[] lows;
  private final long[] macs;
  private final long[] confirmed;
  private final long[] changed;
  private final long[] asked;
  private final long[] used;
  private final int[] questions;
  private int count;
  private long second;
  private int inSecond;

  public NeighbourTable(List<Route> routes) {
    this(routes, CAPACITY);
  }

  /**
   * @param routes the longest prefix that fits decides
   * @param capacity neighbours that are remembered at most
   */
  public NeighbourTable(List<Route> routes, int capacity) {
    if (capacity < 1 || capacity > 1 << 20) {
      throw new IllegalArgumentException(
          "from 1 to 1048576 neighbours can be remembered, not " + capacity);
    }
    List<Route> sorted =
        routes.stream()
            .sorted(Comparator.comparingInt((Route route) -> route.to().length()).reversed())
            .toList();
    networks = sorted.stream().map(Route::to).toArray(Prefix[]::new);
    direct = new boolean[networks.length];
    gatewayHighs = new long[networks.length];
    gatewayLows = new long[networks.length];
    for (int i = 0; i < networks.length; i++) {
      Optional<InetAddress> gateway = sorted.get(i).gateway();
      direct[i] = gateway.isEmpty();
      if (gateway.isPresent()) {
        gatewayHighs[i] = Ip.high(gateway.get());
        gatewayLows[i] = Ip.low(gateway.get());
      }
    }
    heads = new int[Integer.highestOneBit(2 * capacity)];
    Arrays.fill(heads, NONE);
    next = new int[capacity];
    highs = new long[capacity];
    lows = new long[capacity];
    macs = new long[capacity];
    confirmed = new long[capacity];
    changed = new long[capacity];
    asked = new long[capacity];
    used = new long[capacity];
    questions = new int[capacity];
  }

  @Override
  public boolean route(long high, long low, Hop into) {
    for (int i = 0; i < networks.length; i++) {
      if (networks[i].contains(high, low)) {
        if (direct[i]) {
          into.set(high, low);
        } else {
          into.set(gatewayHighs[i], gatewayLows[i]);
        }
        return true;
      }
    }
    return false;
  }

  @Override
  public long mac(long high, long low, long now) {
    lock.lock();
    try {
      int place = find(high, low);
      if (place == NONE) {
        place = add(high, low, now);
      }
      used[place] = now;
      if (macs[place] >= 0) {
        boolean silent =
            now - confirmed[place] >= FRESH
                && questions[place] == QUESTIONS
                && now - asked[place] >= BETWEEN_QUESTIONS;
        if (!silent) {
          return macs[place];
        }
        macs[place] = UNKNOWN;
      }
      if (questions[place] < QUESTIONS || now - asked[place] < BETWEEN_QUESTIONS) {
        return UNKNOWN;
      }
      if (now - asked[place] < BETWEEN_QUESTIONS + UNREACHABLE_FOR) {
        return UNREACHABLE;
      }
      questions[place] = 0;
      return UNKNOWN;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean ask(long high, long low, long now) {
    lock.lock();
    try {
      int place = find(high, low);
      if (place == NONE
          || (macs[place] >= 0 && now - confirmed[place] < FRESH)
          || questions[place] == QUESTIONS
          || (questions[place] > 0 && now - asked[place] < BETWEEN_QUESTIONS)) {
        return false;
      }
      if (now - second >= BETWEEN_QUESTIONS || inSecond == 0) {
        second = now;
        inSecond = 0;
      }
      if (inSecond == QUESTIONS_A_SECOND) {
        return false;
      }
      inSecond++;
      questions[place]++;
      asked[place] = now;
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean learn(long high, long low, long mac, Evidence evidence, long now) {
    if (mac <= 0 || Ethernet.group(mac)) {
      return false;
    }
    lock.lock();
    try {
      int place = find(high, low);
      if (place == NONE) {
        return false;
      }
      boolean awaited = macs[place] < 0;
      if (!awaited && macs[place] != mac) {
        if (evidence == Evidence.HINT || now - changed[place] < BETWEEN_QUESTIONS) {
          return false;
        }
      }
      if (macs[place] != mac) {
        macs[place] = mac;
        changed[place] = now;
      }
      confirmed[place] = now;
      questions[place] = 0;
      return awaited;
    } finally {
      lock.unlock();
    }
  }

  /** How many neighbours are remembered now. */
  public int count() {
    lock.lock();
    try {
      return count;
    } finally {
      lock.unlock();
    }
  }

  private int find(long high, long low) {
    int place = heads[bucket(high, low)];
    while (place != NONE && (lows[place] != low || highs[place] != high)) {
      place = next[place];
    }
    return place;
  }

  private int add(long high, long low, long now) {
    int place = count < macs.length ? count++ : evict(now);
    int bucket = bucket(high, low);
    highs[place] = high;
    lows[place] = low;
    macs[place] = UNKNOWN;
    questions[place] = 0;
    asked[place] = now;
    changed[place] = now;
    next[place] = heads[bucket];
    heads[bucket] = place;
    return place;
  }

  private int evict(long now) {
    int oldest = 0;
    for (int i = 1; i < used.length; i++) {
      if (now - used[i] > now - used[oldest]) {
        oldest = i;
      }
    }
    int bucket = bucket(highs[oldest], lows[oldest]);
    if (heads[bucket] == oldest) {
      heads[bucket] = next[oldest];
    } else {
      int before = heads[bucket];
      while (next[before] != oldest) {
        before = next[before];
      }
      next[before] = next[oldest];
    }
    return oldest;
  }

  private int bucket(long high, long low) {
    return PathMtus.mix(high, low) & (heads.length - 1);
  }
}
