// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.driver.Tally;

/**
 * Puts headers in front of datagrams and hands them over as frames; keeps the few that wait for a
 * neighbour. Used by one thread at a time, who holds the lock of the sending side.
 */
final class UdpSender {
  /** Room for the longest headers: a tag, IPv6 and UDP; in front of a payload that lies even. */
  static final int HEADERS = 72;

  /** Datagrams that wait for all neighbours together. */
  static final int WAITING = 64;

  /** Longer than a neighbour is asked; nothing waits on because nobody looked for some time. */
  static final long PATIENCE = TimeUnit.SECONDS.toNanos(5);

  private static final int BATCH = 64;
  private static final long PATROL = TimeUnit.MILLISECONDS.toNanos(250);
  private static final int LIMITED_BROADCAST = -1;

  private static final int READY = 0;
  private static final int WAIT = 1;
  private static final int INVALID = 2;
  private static final int DROPPED = 3;
  private static final int GONE = 4;
  private static final int TOO_LONG = 5;

  private final FramePort frames;
  private UdpSettings settings;
  private final Neighbourhood neighbourhood;
  private final Detour detour;
  private final Tally tally;
  private final int linkHeader;
  private final PathMtus mtus = new PathMtus();
  private final FrameBatch out = new FrameBatch(BATCH);
  private final int[] payloads = new int[BATCH];
  private final FrameBatch spent = new FrameBatch(BATCH);
  private final FrameBatch abandoned = new FrameBatch(WAITING);
  private final FrameBatch own = new FrameBatch(18);
  private final DatagramBatch pending = new DatagramBatch(WAITING);
  private final long[] since = new long[WAITING];
  private final DatagramBatch served = new DatagramBatch(WAITING);
  private final Hop hop = new Hop();
  private final Hop other = new Hop();
  private final Addresses addresses;

  private int identification;
  private boolean wayKnown;
  private long wayHigh;
  private long wayLow;
  private long wayLocalHigh;
  private long wayLocalLow;
  private long wayMac;
  private long waySourceHigh;
  private long waySourceLow;
  private boolean wayGroup;
  private volatile int waiting;
  private volatile long due;

  UdpSender(
      FramePort frames,
      UdpSettings settings,
      Addresses addresses,
      Neighbourhood neighbourhood,
      Detour detour,
      Tally tally,
      int identification) {
    this.frames = frames;
    this.settings = settings;
    this.addresses = addresses;
    this.neighbourhood = neighbourhood;
    this.detour = detour;
    this.tally = tally;
    this.identification = identification;
    linkHeader = Ethernet.SIZE + (settings.vlan() == 0 ? 0 : VlanTag.SIZE);
  }

  void settings(UdpSettings settings) {
    this.settings = settings;
    wayKnown = false;
  }

  /** Sends from the first one on; what was taken is gone from the batch. */
  int send(DatagramBatch datagrams, long now) {
    wayKnown = false;
    int count = datagrams.count();
    int chunkSize = frames.chunkSize();
    int next = 0;
    boolean room = true;
    begin(datagrams.memory(), chunkSize);
    while (next < count && room) {
      int outcome = prepare(datagrams, next, chunkSize, now);
      if (outcome == READY) {
        next++;
        if (out.isFull()) {
          int left = push();
          next -= left;
          room = left == 0;
        }
      } else {
        // What comes before must have been taken before this one may go, so that what is left in
        // the batch is always its end.
        int left = push();
        next -= left;
        room = left == 0;
        if (room) {
          discard(datagrams, next++, outcome, now);
        }
      }
    }
    next -= push();
    releaseSpent();
    datagrams.removeFirst(next);
    return next;
  }

  private void begin(MemorySegment memory, int chunkSize) {
    out.bind(memory, chunkSize);
    spent.bind(memory, chunkSize);
  }

  private void discard(DatagramBatch datagrams, int index, int outcome, long now) {
    switch (detoured(datagrams, index, outcome)) {
      case WAIT -> {
        if (mayWait(datagrams.memory())) {
          since[pending.count()] = now;
          datagrams.moveTo(pending, index);
          waiting = pending.count();
          return;
        }
        tally.add(Tally.Of.SEND_DROPPED, 1);
      }
      case READY -> {
        tally.add(Tally.Of.SENT, 1);
        tally.add(Tally.Of.SENT_BYTES, datagrams.length(index));
      }
      case INVALID, TOO_LONG -> tally.add(Tally.Of.SEND_INVALID, 1);
      case DROPPED -> tally.add(Tally.Of.SEND_DROPPED, 1);
      default -> {
        return;
      }
    }
    if (spent.isFull()) {
      releaseSpent();
      spent.bind(datagrams.memory(), frames.chunkSize());
    }
    spent.add(datagrams.address(index), 0, 0);
  }

  /** What becomes of a datagram that cannot leave as a frame now: {@link #READY} if it has left. */
  private int detoured(DatagramBatch datagrams, int index, int outcome) {
    if (outcome == INVALID || outcome == GONE) {
      return outcome;
    }
    Detour.Outcome by =
        detour.send(
            datagrams.memory(),
            datagrams.address(index),
            datagrams.length(index),
            datagrams.remoteHigh(index),
            datagrams.remoteLow(index),
            datagrams.remotePort(index),
            datagrams.localHigh(index),
            datagrams.localLow(index));
    return switch (by) {
      case SENT -> READY;
      case DROPPED -> DROPPED;
      case INVALID -> INVALID;
      case NOT_TAKEN -> outcome;
    };
  }

  private void releaseSpent() {
    if (!spent.isEmpty()) {
      frames.release(spent);
    }
  }

  /** Hands over what is ready, and tells how much of it was not taken. */
  private int push() {
    if (out.isEmpty()) {
      return 0;
    }
    int taken = frames.send(out);
    long bytes = 0;
    for (int i = 0; i < taken; i++) {
      bytes += payloads[i];
    }
    tally.add(Tally.Of.SENT, taken);
    tally.add(Tally.Of.SENT_BYTES, bytes);
    int left = out.count();
    out.clear();
    return left;
  }

  private int prepare(DatagramBatch datagrams, int index, int chunkSize, long now) {
    int length = datagrams.length(index);
    if (length < 0) {
      return GONE;
    }
    long high = datagrams.remoteHigh(index);
    long low = datagrams.remoteLow(index);
    int port = datagrams.remotePort(index);
    boolean four = Ip.four(high, low);
    if ((high | low) == 0 || (four && (int) low == 0) || port == 0) {
      return INVALID;
    }
    int ip = four ? Ipv4.SIZE : Ipv6.SIZE;
    long payload = datagrams.address(index);
    if ((payload & (chunkSize - 1)) < linkHeader + ip + Udp.SIZE) {
      return INVALID;
    }
    int outcome = way(high, low, datagrams.localHigh(index), datagrams.localLow(index), now);
    if (outcome == INVALID) {
      return INVALID;
    }
    int total = ip + Udp.SIZE + length;
    if (total > mtus.of(high, low, settings.mtu(), now)) {
      return TOO_LONG;
    }
    if (outcome != READY) {
      return outcome;
    }
    MemorySegment memory = datagrams.memory();
    long at = payload - Udp.SIZE - ip - linkHeader;
    int hops = wayGroup ? settings.groupHops() : settings.hops();
    ethernet(memory, at, wayMac, four ? Ethernet.IPV4 : Ethernet.IPV6);
    long network = at + linkHeader;
    long transport = payload - Udp.SIZE;
    Udp.write(memory, transport, settings.port(), port, Udp.SIZE + length);
    if (four) {
      int source = (int) waySourceLow;
      identification = identification + 1 & 0xffff;
      Ipv4.write(
          memory, network, total, identification, Ipv4.DONT_FRAGMENT, hops, 17, source, (int) low);
      Udp.fill(
          memory,
          transport,
          Udp.SIZE + length,
          Checksum.pseudo4(source, (int) low, 17, Udp.SIZE + length));
    } else {
      Ipv6.write(
          memory, network, Udp.SIZE + length, 17, hops, waySourceHigh, waySourceLow, high, low);
      Udp.fill(
          memory,
          transport,
          Udp.SIZE + length,
          Checksum.pseudo6(waySourceHigh, waySourceLow, high, low, 17, Udp.SIZE + length));
    }
    payloads[out.count()] = length;
    out.add(at, linkHeader + total, 0);
    return READY;
  }

  /** Writes the header of a frame, with the tag if there is one. */
  void ethernet(MemorySegment memory, long at, long destination, int type) {
    if (settings.vlan() == 0) {
      Ethernet.write(memory, at, destination, settings.mac(), type);
    } else {
      Ethernet.write(memory, at, destination, settings.mac(), Ethernet.VLAN);
      Wire.u16(memory, at + Ethernet.SIZE, settings.vlan());
      Wire.u16(memory, at + Ethernet.SIZE + 2, type);
    }
  }

  /** How long that header is. */
  int linkHeader() {
    return linkHeader;
  }

  /** Datagrams often go to the same receiver one after another, so the last way is kept. */
  private int way(long high, long low, long localHigh, long localLow, long now) {
    if (wayKnown
        && low == wayLow
        && high == wayHigh
        && localLow == wayLocalLow
        && localHigh == wayLocalHigh) {
      return READY;
    }
    wayKnown = false;
    boolean four = Ip.four(high, low);
    int source;
    boolean named =
        (localHigh | localLow) != 0
            && !Ip.multicast(localHigh, localLow)
            && !addresses.broadcast(localHigh, localLow);
    if (named) {
      source = Ip.four(localHigh, localLow) == four ? addresses.index(localHigh, localLow) : -1;
    } else {
      source = addresses.towards(high, low);
    }
    if (source < 0) {
      return INVALID;
    }
    wayGroup = Ip.multicast(high, low);
    if (wayGroup) {
      wayMac = four ? Ethernet.group4((int) low) : Ethernet.group6(low);
    } else if (four && ((int) low == LIMITED_BROADCAST || addresses.broadcast(high, low))) {
      wayMac = Ethernet.BROADCAST;
    } else {
      boolean routed = neighbourhood.route(high, low, hop);
      wayMac = routed ? neighbourhood.mac(hop.high(), hop.low(), now) : Neighbourhood.UNREACHABLE;
      if (routed
          && wayMac != Neighbourhood.UNREACHABLE
          && neighbourhood.ask(hop.high(), hop.low(), now)) {
        ask(hop.high(), hop.low());
      }
      if (wayMac < 0) {
        boolean unknown = wayMac == Neighbourhood.UNKNOWN;
        wayMac = neighbourhood.heardFrom(high, low, now);
        if (wayMac < 0) {
          return unknown ? WAIT : DROPPED;
        }
      }
    }
    waySourceHigh = addresses.high(source);
    waySourceLow = addresses.low(source);
    wayHigh = high;
    wayLow = low;
    wayLocalHigh = localHigh;
    wayLocalLow = localLow;
    wayKnown = true;
    return READY;
  }

  /** {@link #way} has just found that the neighbour, in {@link #hop}, is not known. */
  private boolean mayWait(MemorySegment memory) {
    if (pending.count() > 0 && !Port.sameMemory(pending.memory(), memory)) {
      forget();
    }
    int before = 0;
    for (int i = 0; i < pending.count(); i++) {
      if (neighbourhood.route(pending.remoteHigh(i), pending.remoteLow(i), other)
          && other.high() == hop.high()
          && other.low() == hop.low()) {
        before++;
      }
    }
    return before < settings.waiting() && !pending.isFull();
  }

  /** Gives up what waits. */
  private void forget() {
    tally.add(Tally.Of.SEND_DROPPED, pending.count());
    abandoned.bind(pending.memory(), frames.chunkSize());
    for (int i = 0; i < pending.count(); i++) {
      abandoned.add(pending.address(i), 0, 0);
    }
    pending.clear();
    waiting = 0;
    if (!abandoned.isEmpty()) {
      frames.release(abandoned);
    }
  }

  /** How many datagrams wait for neighbours. Any thread. */
  int waiting() {
    return waiting;
  }

  /** Nanoseconds until {@link #serve} has something to do; none when it never has. Any thread. */
  long untilDue(long now) {
    return waiting == 0 ? Long.MAX_VALUE : Math.max(0, due - now);
  }

  /** Looks after what waits: it is sent, asked for again, or given up. */
  void serve(long now) {
    if (pending.isEmpty()) {
      return;
    }
    due = now + PATROL;
    wayKnown = false;
    int chunkSize = frames.chunkSize();
    begin(pending.memory(), chunkSize);
    int kept = 0;
    boolean room = true;
    for (int i = 0; i < pending.count(); i++) {
      int outcome = room ? prepare(pending, i, chunkSize, now) : WAIT;
      if (outcome == READY) {
        room = push() == 0;
        outcome = room ? READY : WAIT;
      }
      if (outcome == WAIT && now - since[i] < PATIENCE) {
        since[kept++] = since[i];
        continue;
      }
      if (outcome != READY) {
        boolean never = outcome == INVALID || outcome == TOO_LONG;
        tally.add(never ? Tally.Of.SEND_INVALID : Tally.Of.SEND_DROPPED, 1);
        spent.add(pending.address(i), 0, 0);
      }
      pending.moveTo(served, i);
    }
    served.clear();
    pending.compact();
    waiting = pending.count();
    releaseSpent();
  }

  /** Packets to this receiver were too long. */
  void tooLong(long high, long low, int mtu, long now) {
    mtus.lower(high, low, mtu, now);
  }

  /**
   * Begins a frame of our own.
   *
   * @return a batch with that one frame, or an empty one when the port has no room
   */
  FrameBatch compose() {
    frames.reserve(own, 1);
    return own;
  }

  /** Sends the frame that {@link #compose} began. */
  void emit(int length) {
    own.length(0, length);
    frames.send(own);
    if (!own.isEmpty()) {
      frames.release(own);
    }
  }

  private void ask(long high, long low) {
    FrameBatch frame = compose();
    if (frame.isEmpty()) {
      return;
    }
    MemorySegment memory = frame.memory();
    long at = frame.address(0);
    long network = at + linkHeader;
    int source = addresses.towards(high, low);
    if (Ip.four(high, low)) {
      ethernet(memory, at, Ethernet.BROADCAST, Ethernet.ARP);
      Arp.write(
          memory,
          network,
          Arp.REQUEST,
          settings.mac(),
          source < 0 ? 0 : (int) addresses.low(source),
          0,
          (int) low);
      emit(linkHeader + Arp.SIZE);
    } else {
      long groupHigh = 0xff02_0000_0000_0000L;
      long groupLow = 0x1_ff00_0000L | (low & 0xff_ffff);
      ethernet(memory, at, Ethernet.group6(groupLow), Ethernet.IPV6);
      NeighbourDiscovery.write(
          memory,
          network + Ipv6.SIZE,
          NeighbourDiscovery.SOLICITATION,
          0,
          high,
          low,
          NeighbourDiscovery.SOURCE_MAC,
          settings.mac());
      message6(
          memory,
          network,
          NeighbourDiscovery.SIZE + 8,
          255,
          source < 0 ? 0 : addresses.high(source),
          source < 0 ? 0 : addresses.low(source),
          groupHigh,
          groupLow);
      emit(linkHeader + Ipv6.SIZE + NeighbourDiscovery.SIZE + 8);
    }
  }

  /** Puts IPv6 in front of a message of ICMPv6, and the checksum into it. */
  static void message6(
      MemorySegment memory,
      long network,
      int length,
      int hops,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    Ipv6.write(
        memory, network, length, 58, hops, sourceHigh, sourceLow, destinationHigh, destinationLow);
    checksum6(memory, network, network + Ipv6.SIZE, length);
  }

  /** Puts the checksum into a message of ICMPv6 behind a header that is complete. */
  static void checksum6(MemorySegment memory, long network, long at, int length) {
    Wire.u16(memory, at + 2, 0);
    int pseudo =
        Checksum.pseudo6(
            Wire.u64(memory, network + 8),
            Wire.u64(memory, network + 16),
            Wire.u64(memory, network + 24),
            Wire.u64(memory, network + 32),
            58,
            length);
    Wire.u16(memory, at + 2, Checksum.of(Checksum.add(pseudo, Checksum.sum(memory, at, length))));
  }
}
