// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.proto.Hop;
import org.sluice.packet.proto.NeighbourTable;
import org.sluice.packet.proto.Neighbourhood;
import org.sluice.packet.proto.Prefix;
import org.sluice.sys.Arrival;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkDump;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkSocket;

/**
 * The neighbours of one link as the kernel knows them. Nobody is asked here: what goes to somebody
 * unknown is left to a socket, for which the kernel asks, and its answer is heard.
 *
 * <p>The kernel does not see what leaves as frames, so it would never look again whether a
 * neighbour is still there. Therefore one datagram in some seconds to whom it is not sure of is
 * left to the socket too.
 */
final class KernelNeighbours implements Neighbourhood, AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final int NEW = 28;
  private static final int DELETE = 29;
  private static final int GET = 30;
  private static final int GROUP = 3;
  private static final int HEADER = 12;
  private static final int DESTINATION = 1;
  private static final int ADDRESS = 2;
  private static final int MAC = 6;
  private static final int REACHABLE = 0x02;
  private static final int PERMANENT = 0x80;

  /** Reachable, stale, delayed, probed, permanent: the address is known. */
  private static final int VALID = REACHABLE | 0x04 | 0x08 | 0x10 | PERMANENT;

  private static final int ROOM = 256 * 1024;
  private static final long BETWEEN_LOOKS = TimeUnit.SECONDS.toNanos(10);
  private static final long MEMORY = TimeUnit.SECONDS.toNanos(30);
  private static final int HEARD = 1024;

  private final int link;
  private final NetlinkSocket events;
  private final NetlinkSocket questions;
  private final NetlinkDump dump;
  private final Thread listener;

  /** Of the listener. */
  private final Map<Neighbour, Known> all = new HashMap<>();

  private volatile Book book = new Book(Map.of());
  private volatile Ways ways = new Ways(List.of());

  private final ReentrantLock hearing = new ReentrantLock();
  private final long[] heardHighs = new long[HEARD];
  private final long[] heardLows = new long[HEARD];
  private final long[] heardMacs = new long[HEARD];
  private final long[] heardAt = new long[HEARD];
  private final long[] askedAt = new long[HEARD];

  private record Neighbour(long high, long low) {}

  /** Where a neighbour is. */
  private static final class Known {
    final long mac;
    final boolean sure;

    /** When a datagram was left to the kernel; two threads may both do so. */
    volatile long looked;

    Known(long mac, boolean sure, long looked) {
      this.mac = mac;
      this.sure = sure;
      this.looked = looked;
    }
  }

  /** Neighbours at one moment; never changed, so that readers need no lock. */
  private static final class Book {
    private final Neighbour[] keys;
    private final Known[] values;

    Book(Map<Neighbour, Known> from) {
      int size = Integer.highestOneBit(Math.max(8, 4 * from.size()));
      keys = new Neighbour[size];
      values = new Known[size];
      from.forEach(
          (key, value) -> {
            int at = mix(key.high(), key.low()) & (size - 1);
            while (values[at] != null) {
              at = (at + 1) & (size - 1);
            }
            keys[at] = key;
            values[at] = value;
          });
    }

    @Nullable Known find(long high, long low) {
      int at = mix(high, low) & (keys.length - 1);
      while (values[at] != null) {
        if (keys[at].low() == low && keys[at].high() == high) {
          return values[at];
        }
        at = (at + 1) & (keys.length - 1);
      }
      return null;
    }
  }

  /** Routes at one moment, the longest prefix first. */
  private static final class Ways {
    private final Prefix[] networks;
    private final Prefix[] gateways;
    private final boolean[] direct;

    Ways(List<NeighbourTable.Route> routes) {
      List<NeighbourTable.Route> sorted =
          routes.stream()
              .sorted(
                  Comparator.comparingInt((NeighbourTable.Route one) -> one.to().length())
                      .reversed())
              .toList();
      networks = sorted.stream().map(NeighbourTable.Route::to).toArray(Prefix[]::new);
      // A route without a gateway has itself in its place.
      gateways =
          sorted.stream()
              .map(one -> one.gateway().map(KernelNeighbours::single).orElse(one.to()))
              .toArray(Prefix[]::new);
      direct = new boolean[networks.length];
      for (int i = 0; i < direct.length; i++) {
        direct[i] = sorted.get(i).gateway().isEmpty();
      }
    }

    int find(long high, long low) {
      for (int i = 0; i < networks.length; i++) {
        if (networks[i].contains(high, low)) {
          return i;
        }
      }
      return -1;
    }
  }

  private static Prefix single(InetAddress address) {
    return Prefix.of(address, 8 * address.getAddress().length);
  }

  /** Begins with what the kernel knows now, in the network of the calling thread. */
  KernelNeighbours(int link) throws IOException {
    this.link = link;
    events = NetlinkSocket.open(NetlinkSocket.ROUTE, ROOM);
    NetlinkSocket second = null;
    try {
      events.join(GROUP);
      second = NetlinkSocket.open(NetlinkSocket.ROUTE, ROOM);
      questions = second;
      dump = new NetlinkDump(questions);
      look();
    } catch (IOException | RuntimeException e) {
      events.close();
      if (second != null) {
        second.close();
      }
      throw e;
    }
    listener =
        Thread.ofPlatform().daemon().name("packet.engine/neighbours").unstarted(this::listen);
    listener.start();
  }

  /** The ways there are from now on. */
  void routes(List<NeighbourTable.Route> routes) {
    ways = new Ways(routes);
  }

  @Override
  public boolean route(long high, long low, Hop into) {
    Ways now = ways;
    int at = now.find(high, low);
    if (at < 0) {
      return false;
    }
    Prefix gateway = now.gateways[at];
    if (now.direct[at]) {
      into.set(high, low);
    } else {
      into.set(gateway.high(), gateway.low());
    }
    return true;
  }

  @Override
  public long mac(long high, long low, long now) {
    Known known = book.find(high, low);
    if (known == null) {
      return UNKNOWN;
    }
    if (!known.sure && now - known.looked > BETWEEN_LOOKS) {
      known.looked = now;
      return UNREACHABLE;
    }
    return known.mac;
  }

  @Override
  public boolean ask(long high, long low, long now) {
    return false;
  }

  @Override
  public boolean learn(long high, long low, long mac, Evidence evidence, long now) {
    return false;
  }

  @Override
  public void heard(long high, long low, long mac, long now) {
    // A sender that is using the table is not kept waiting: the next datagram tells the same.
    if (!hearing.tryLock()) {
      return;
    }
    try {
      int at = mix(high, low) & (HEARD - 1);
      if (heardLows[at] != low || heardHighs[at] != high) {
        heardLows[at] = low;
        heardHighs[at] = high;
        askedAt[at] = now - 2 * BETWEEN_LOOKS;
      }
      heardMacs[at] = mac;
      heardAt[at] = now;
    } finally {
      hearing.unlock();
    }
  }

  @Override
  public long heardFrom(long high, long low, long now) {
    Ways routes = ways;
    int way = routes.find(high, low);
    boolean direct = way >= 0 && routes.direct[way];
    if (way >= 0 && (!direct || book.find(high, low) != null)) {
      // The kernel knows, or finds out, by whom it goes; and it is the one to be believed.
      return UNKNOWN;
    }
    hearing.lock();
    try {
      int at = mix(high, low) & (HEARD - 1);
      if (heardMacs[at] == 0
          || heardLows[at] != low
          || heardHighs[at] != high
          || now - heardAt[at] > MEMORY) {
        return UNKNOWN;
      }
      if (direct && now - askedAt[at] > BETWEEN_LOOKS) {
        // This one goes by the kernel, so that it finds out.
        askedAt[at] = now;
        return UNKNOWN;
      }
      return heardMacs[at];
    } finally {
      hearing.unlock();
    }
  }

  private void listen() {
    try {
      while (true) {
        Arrival arrival = events.receive(-1);
        if (arrival == Arrival.CLOSED) {
          return;
        }
        if (arrival == Arrival.OVERRUN) {
          look();
        } else if (arrival == Arrival.MESSAGES) {
          boolean changed = false;
          NetlinkMessage message = events.messages();
          while (message.next()) {
            changed |= note(message);
          }
          if (changed) {
            book = new Book(all);
          }
        }
      }
    } catch (IOException e) {
      // Everything goes by sockets then, which is slow and right.
      book = new Book(Map.of());
      LOG.log(WARNING, "neighbours of link " + link + " are not heard of any more: " + e);
    }
  }

  private void look() throws IOException {
    NetlinkDump.End end = NetlinkDump.End.INTERRUPTED;
    while (end == NetlinkDump.End.INTERRUPTED) {
      all.clear();
      end =
          dump.ask(
              "neighbours", GET, request -> request.u32(0).u32(0).u16(0).u8(0).u8(0), this::note);
    }
    book = new Book(all);
  }

  private boolean note(NetlinkMessage message) throws MalformedMessageException {
    int type = message.type();
    if ((type != NEW && type != DELETE) || message.s32(4) != link) {
      return false;
    }
    int state = message.u16(8);
    long mac = 0;
    Neighbour neighbour = null;
    NetlinkAttributes attributes = message.attributes(HEADER);
    while (attributes.next()) {
      switch (attributes.type()) {
        case DESTINATION -> neighbour = neighbour(attributes.bytes());
        case ADDRESS -> mac = attributes.length() == MAC ? mac(attributes.bytes()) : 0;
        default -> {}
      }
    }
    if (neighbour == null) {
      return false;
    }
    if (type == DELETE || mac == 0 || (state & VALID) == 0) {
      return all.remove(neighbour) != null;
    }
    boolean sure = (state & (REACHABLE | PERMANENT)) != 0;
    Known before = all.get(neighbour);
    long looked = before == null ? System.nanoTime() - 2 * BETWEEN_LOOKS : before.looked;
    all.put(neighbour, new Known(mac, sure, looked));
    return true;
  }

  private static @Nullable Neighbour neighbour(byte[] bytes) {
    if (bytes.length != 4 && bytes.length != 16) {
      return null;
    }
    long high = 0;
    long low = bytes.length == 4 ? 0xffff : 0;
    for (int i = 0; i < bytes.length; i++) {
      if (i < 8 && bytes.length == 16) {
        high = (high << 8) | (bytes[i] & 0xff);
      } else {
        low = (low << 8) | (bytes[i] & 0xff);
      }
    }
    return new Neighbour(high, low);
  }

  private static long mac(byte[] bytes) {
    long mac = 0;
    for (byte b : bytes) {
      mac = (mac << 8) | (b & 0xff);
    }
    return mac;
  }

  private static int mix(long high, long low) {
    long mixed = (high * 0x9e37_79b9_7f4a_7c15L ^ low) * 0xc2b2_ae3d_27d4_eb4fL;
    return (int) (mixed >>> 40);
  }

  @Override
  public void close() {
    questions.close();
    events.close();
    try {
      listener.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
