// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.driver.Tally;

/**
 * Sorts frames: datagrams for us go to the holder, what concerns the host to {@link UdpControl},
 * everything else back to the port. Used by the thread of the receiving side.
 */
final class UdpReceiver {
  static final int BATCH = 64;

  private static final int PACKETS = 16;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(10);
  private static final int MOST_PAYLOAD = 65_507;
  private static final long MEMORY = TimeUnit.SECONDS.toNanos(1);

  private enum Fate {
    /** Belongs to the holder. */
    HANDED,
    /** Is sound, and for somebody else. */
    IGNORED,
    /** Is not what it says it is. */
    INVALID,
    /** Is kept, as a copy, until the rest has come. */
    COPIED,
    /** Concerns the host. */
    CONTROL
  }

  private final FramePort frames;
  private volatile UdpSettings settings;
  private final Addresses addresses;
  private final Neighbourhood neighbourhood;
  private final Tally tally;
  private final FrameBatch incoming = new FrameBatch(BATCH);
  private final FrameBatch spent = new FrameBatch(BATCH);
  private final FrameBatch control = new FrameBatch(BATCH);
  private final @Nullable Reassembly reassembly;
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Udp udp = new Udp();
  private long heardMac;
  private long heardHigh;
  private long heardLow;
  private long heardAt;
  private int cursor;
  private boolean middle;
  private int chunkSize;
  private volatile Groups groups = new Groups(List.of());
  private volatile long ignored;

  UdpReceiver(
      FramePort frames,
      UdpSettings settings,
      Addresses addresses,
      Neighbourhood neighbourhood,
      Tally tally) {
    this.frames = frames;
    this.settings = settings;
    this.addresses = addresses;
    this.neighbourhood = neighbourhood;
    this.tally = tally;
    reassembly =
        settings.reassembles() ? new Reassembly(PACKETS, frames.chunkSize(), PATIENCE) : null;
  }

  /** Any thread. */
  void settings(UdpSettings settings) {
    this.settings = settings;
  }

  void groups(Groups groups) {
    this.groups = groups;
  }

  Groups groups() {
    return groups;
  }

  /** Sound packets that were for somebody else. Any thread. */
  long ignored() {
    return ignored;
  }

  /** Frames that concern the host, to be taken after each {@link #receive}. */
  FrameBatch control() {
    return control;
  }

  /** Whether frames that were taken from the port are left for the next {@link #receive}. */
  boolean leftover() {
    return cursor < incoming.count();
  }

  /**
   * Goes on with the frames that are left, or takes new ones from the port once.
   *
   * @return whether the port may have more
   */
  boolean receive(DatagramBatch into, long now) {
    boolean more = true;
    if (leftover() && !Port.sameMemory(incoming.memory(), frames.memory())) {
      // Another driver has taken over, and what the old one had received went with its memory.
      tally.add(Tally.Of.RECEIVE_DROPPED, incoming.count() - cursor);
      cursor = incoming.count();
    }
    if (!leftover()) {
      incoming.clear();
      cursor = 0;
      more = frames.receive(incoming) > 0 && incoming.isFull();
    }
    if (incoming.isEmpty()) {
      return false;
    }
    if (into.isEmpty()) {
      into.bind(incoming.memory());
    } else if (!Port.sameMemory(into.memory(), incoming.memory())) {
      return false;
    }
    chunkSize = frames.chunkSize();
    spent.bind(incoming.memory(), chunkSize);
    control.bind(incoming.memory(), chunkSize);
    int count = into.count();
    long bytes = 0;
    int invalid = 0;
    int strangers = 0;
    while (cursor < incoming.count() && !into.isFull()) {
      int index = cursor++;
      int flags = incoming.flags(index);
      boolean first = !middle;
      middle = (flags & FrameBatch.CONTINUED) != 0;
      Fate fate = !first ? Fate.IGNORED : middle ? Fate.INVALID : sort(index, flags, into, now);
      switch (fate) {
        case HANDED -> {
          int last = into.count() - 1;
          bytes += into.length(last);
          heard(Wire.u48(incoming.memory(), incoming.address(index) + 6), into, last, now);
        }
        case IGNORED -> strangers += first ? 1 : 0;
        case INVALID -> invalid++;
        case COPIED, CONTROL -> {}
      }
      if (fate == Fate.CONTROL) {
        control.add(incoming.address(index), incoming.length(index), flags);
      } else if (fate != Fate.HANDED) {
        spent.add(incoming.address(index), 0, 0);
      }
    }
    tally.add(Tally.Of.RECEIVED, into.count() - count);
    tally.add(Tally.Of.RECEIVED_BYTES, bytes);
    tally.add(Tally.Of.RECEIVE_INVALID, invalid);
    if (strangers != 0) {
      count(strangers);
    }
    if (!spent.isEmpty()) {
      frames.release(spent);
    }
    return more || leftover();
  }

  /** Datagrams often come from the same sender one after another, so the last one is kept. */
  private void heard(long mac, DatagramBatch into, int index, long now) {
    long high = into.remoteHigh(index);
    long low = into.remoteLow(index);
    if (mac != heardMac || low != heardLow || high != heardHigh || now - heardAt > MEMORY) {
      heardMac = mac;
      heardHigh = high;
      heardLow = low;
      heardAt = now;
      neighbourhood.heard(high, low, mac, now);
    }
  }

  /** One thread at a time writes it. */
  @SuppressWarnings("NonAtomicVolatileUpdate")
  private void count(int strangers) {
    ignored += strangers;
  }

  private Fate sort(int index, int flags, DatagramBatch into, long now) {
    MemorySegment memory = incoming.memory();
    long at = incoming.address(index);
    int length = incoming.length(index);
    if (length < Ethernet.SIZE) {
      return Fate.INVALID;
    }
    long destination = Wire.u48(memory, at);
    boolean group = Ethernet.group(destination);
    if (!group && destination != settings.mac()) {
      return Fate.IGNORED;
    }
    int type = Wire.u16(memory, at + 12);
    int offset = Ethernet.SIZE;
    int vlan = 0;
    if (VlanTag.announced(type)) {
      if (length < Ethernet.SIZE + VlanTag.SIZE) {
        return Fate.INVALID;
      }
      vlan = Wire.u16(memory, at + Ethernet.SIZE) & 0xfff;
      type = Wire.u16(memory, at + Ethernet.SIZE + 2);
      offset += VlanTag.SIZE;
    }
    if (vlan != settings.vlan()) {
      return Fate.IGNORED;
    }
    boolean check = (flags & (FrameBatch.CHECKSUM_GOOD | FrameBatch.CHECKSUM_PARTIAL)) == 0;
    return switch (type) {
      case Ethernet.IPV4 -> four(memory, at + offset, length - offset, group, check, into, now);
      case Ethernet.IPV6 -> six(memory, at + offset, length - offset, group, check, into, now);
      case Ethernet.ARP -> Fate.CONTROL;
      default -> Fate.IGNORED;
    };
  }

  private Fate four(
      MemorySegment memory,
      long at,
      int length,
      boolean group,
      boolean check,
      DatagramBatch into,
      long now) {
    if (four.wrap(memory, at, length) != Refusal.NONE || !four.verify()) {
      return Fate.INVALID;
    }
    long source = Ip.mapped(four.source());
    long destination = Ip.mapped(four.destination());
    int protocol = four.protocol();
    if (protocol != 17) {
      return protocol == 1 || protocol == 2 ? Fate.CONTROL : Fate.IGNORED;
    }
    int first = four.source() >>> 24;
    if (first == 0 || first == 127 || first >= 224) {
      return Fate.INVALID;
    }
    if (!forUs(group, 0, destination, 0, source)) {
      return Fate.IGNORED;
    }
    if (!four.fragment()) {
      return datagram(
          memory, four.payload(), four.payloadLength(), 0, source, 0, destination, check, into);
    }
    return fragment(
        memory,
        four.payload(),
        four.payloadLength(),
        0,
        source,
        0,
        destination,
        four.identification(),
        four.fragmentOffset(),
        four.moreFragments(),
        into,
        now);
  }

  private Fate six(
      MemorySegment memory,
      long at,
      int length,
      boolean group,
      boolean check,
      DatagramBatch into,
      long now) {
    if (six.wrap(memory, at, length) != Refusal.NONE) {
      return Fate.INVALID;
    }
    int protocol = six.protocol();
    if (protocol != 17) {
      return protocol == 58 ? Fate.CONTROL : Fate.IGNORED;
    }
    long sourceHigh = six.sourceHigh();
    long sourceLow = six.sourceLow();
    long high = six.destinationHigh();
    long low = six.destinationLow();
    // Inside the house a mapped address means a packet of IPv4, so none may come in by IPv6.
    if ((sourceHigh == 0 && (sourceLow >>> 32 == 0xffff || sourceLow >>> 1 == 0))
        || Ip.multicast(sourceHigh, sourceLow)
        || Ip.four(high, low)) {
      return Fate.INVALID;
    }
    if (!forUs(group, high, low, sourceHigh, sourceLow)) {
      return Fate.IGNORED;
    }
    if (!six.fragment()) {
      return datagram(
          memory,
          six.payload(),
          six.payloadLength(),
          sourceHigh,
          sourceLow,
          high,
          low,
          check,
          into);
    }
    if (six.fragmentNext() != 17) {
      return Fate.INVALID;
    }
    return fragment(
        memory,
        at + six.fragmentPart(),
        six.length() - six.fragmentPart(),
        sourceHigh,
        sourceLow,
        high,
        low,
        six.identification(),
        six.fragmentOffset(),
        six.moreFragments(),
        into,
        now);
  }

  /** A packet to one address that came in a frame to many is a trick or a mistake (RFC 1122). */
  private boolean forUs(boolean group, long high, long low, long sourceHigh, long sourceLow) {
    if (Ip.multicast(high, low)) {
      return groups.hears(high, low, sourceHigh, sourceLow);
    }
    return group ? addresses.broadcast(high, low) : addresses.ours(high, low);
  }

  private Fate datagram(
      MemorySegment memory,
      long at,
      int length,
      long sourceHigh,
      long sourceLow,
      long high,
      long low,
      boolean check,
      DatagramBatch into) {
    if (udp.wrap(memory, at, length) != Refusal.NONE) {
      return Fate.INVALID;
    }
    if (udp.destinationPort() != settings.port()) {
      return Fate.IGNORED;
    }
    if (check && !sound(Ip.four(high, low))) {
      return Fate.INVALID;
    }
    return hand(
        into,
        udp.payload(),
        udp.payloadLength(),
        sourceHigh,
        sourceLow,
        udp.sourcePort(),
        high,
        low);
  }

  private boolean sound(boolean isFour) {
    return isFour ? udp.verify(four) : udp.verify(six);
  }

  private Fate fragment(
      MemorySegment memory,
      long at,
      int length,
      long sourceHigh,
      long sourceLow,
      long high,
      long low,
      int identification,
      int offset,
      boolean more,
      DatagramBatch into,
      long now) {
    if (reassembly == null) {
      return Fate.INVALID;
    }
    long before = reassembly.abandoned();
    int whole =
        reassembly.add(
            sourceHigh,
            sourceLow,
            high,
            low,
            identification,
            offset,
            more,
            memory,
            at,
            length,
            now);
    tally.add(Tally.Of.RECEIVE_DROPPED, reassembly.abandoned() - before);
    if (whole == Reassembly.WAITING) {
      return Fate.COPIED;
    }
    if (whole == Reassembly.REFUSED) {
      return Fate.INVALID;
    }
    long chunk = at & -(long) chunkSize;
    long place = chunk + UdpSender.HEADERS - Udp.SIZE;
    if (whole > chunkSize - (UdpSender.HEADERS - Udp.SIZE)) {
      reassembly.forget();
      return Fate.INVALID;
    }
    reassembly.take(memory, place);
    // The header of the last fragment was in the same chunk and may be overwritten by now.
    if (udp.wrap(memory, place, whole) != Refusal.NONE) {
      return Fate.INVALID;
    }
    if (udp.destinationPort() != settings.port()) {
      return Fate.IGNORED;
    }
    boolean isFour = Ip.four(high, low);
    int checksum = udp.checksum();
    int pseudo =
        isFour
            ? Checksum.pseudo4((int) sourceLow, (int) low, 17, udp.length())
            : Checksum.pseudo6(sourceHigh, sourceLow, high, low, 17, udp.length());
    boolean sound =
        checksum == 0
            ? isFour
            : Checksum.add(pseudo, Checksum.sum(memory, place, udp.length())) == 0xffff;
    if (!sound) {
      return Fate.INVALID;
    }
    return hand(
        into,
        udp.payload(),
        udp.payloadLength(),
        sourceHigh,
        sourceLow,
        udp.sourcePort(),
        high,
        low);
  }

  private Fate hand(
      DatagramBatch into,
      long payload,
      int length,
      long sourceHigh,
      long sourceLow,
      int sourcePort,
      long high,
      long low) {
    int index = into.count();
    int before = (int) (payload & (chunkSize - 1));
    if (before == 0) {
      // An empty payload behind the last byte of its chunk has the address of the next chunk.
      return Fate.INVALID;
    }
    int room = chunkSize - before;
    into.add(payload, length, Math.min(room, MOST_PAYLOAD));
    into.remote(index, sourceHigh, sourceLow, sourcePort);
    into.local(index, high, low, settings.port());
    into.link(index, settings.index());
    return Fate.HANDED;
  }
}
