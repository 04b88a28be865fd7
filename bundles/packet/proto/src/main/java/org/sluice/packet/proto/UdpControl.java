// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Membership;
import org.sluice.packet.proto.Neighbourhood.Evidence;
import org.sluice.packet.proto.UdpSettings.Reports;

/**
 * What a host says and hears besides datagrams: where neighbours are, how long packets may be,
 * which groups are heard. Used by one thread at a time, who holds the lock of the sending side.
 */
final class UdpControl {
  private static final long AGAIN = TimeUnit.SECONDS.toNanos(1);
  private static final long ALL_NODES_HIGH = 0xff02_0000_0000_0000L;
  private static final long ALL_NODES_LOW = 1;
  private static final long ALL_LISTENERS_LOW = 0x16;
  private static final int ALL_ROUTERS = 0xe000_0002;
  private static final int ALL_HOSTS = 0xe000_0001;
  private static final int ALL_IGMP3_ROUTERS = 0xe000_0016;
  private static final int ROUTER_ALERT = 0x9404_0000;
  private static final int WITH_ALERT = Ipv4.SIZE + 4;

  /** Hop-by-hop options: router alert of MLD, and two bytes that fill. */
  private static final long ROUTER_ALERT_6 = 0x3a00_0502_0000_0100L;

  private static final int ADVERTISEMENT = NeighbourDiscovery.SIZE + 8;

  private final FramePort frames;
  private UdpSettings settings;
  private final Addresses addresses;
  private final Neighbourhood neighbourhood;
  private final UdpSender sender;
  private final SplittableRandom random;
  private final FrameBatch answers = new FrameBatch(UdpReceiver.BATCH);
  private final FrameBatch spent = new FrameBatch(UdpReceiver.BATCH);
  private final Layers layers = new Layers();
  private final Arp arp = new Arp();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Ipv4 quotedFour = new Ipv4();
  private final Ipv6 quotedSix = new Ipv6();
  private final Icmp icmp = new Icmp();
  private final Icmp6 icmp6 = new Icmp6();
  private final NeighbourDiscovery neighbour = new NeighbourDiscovery();
  private final Igmp igmp = new Igmp();
  private final Mld mld = new Mld();

  private boolean learned;
  private volatile boolean reporting;
  private volatile long reportDue;

  UdpControl(
      FramePort frames,
      UdpSettings settings,
      Addresses addresses,
      Neighbourhood neighbourhood,
      UdpSender sender,
      SplittableRandom random) {
    this.frames = frames;
    this.settings = settings;
    this.addresses = addresses;
    this.neighbourhood = neighbourhood;
    this.sender = sender;
    this.random = random;
  }

  void settings(UdpSettings settings) {
    this.settings = settings;
  }

  /** Takes note of frames, answers some of them, and gives all of them back. */
  void take(FrameBatch control, long now) {
    answers.bind(control.memory(), frames.chunkSize());
    spent.bind(control.memory(), frames.chunkSize());
    learned = false;
    for (int i = 0; i < control.count(); i++) {
      int length = one(control, i, now);
      if (length > 0) {
        answers.add(control.address(i), length, 0);
      } else {
        spent.add(control.address(i), 0, 0);
      }
    }
    control.clear();
    if (!answers.isEmpty()) {
      frames.send(answers);
      if (!answers.isEmpty()) {
        frames.release(answers);
      }
    }
    if (!spent.isEmpty()) {
      frames.release(spent);
    }
    if (learned) {
      sender.serve(now);
    }
    frames.flush();
  }

  /** Takes note of one frame; where it has become an answer in its place, tells its length. */
  private int one(FrameBatch control, int index, long now) {
    MemorySegment memory = control.memory();
    long at = control.address(index);
    Refusal refusal = layers.parse(control, index);
    if (refusal != Refusal.NONE) {
      return 0;
    }
    long network = layers.network();
    int length = (int) (at + control.length(index) - network);
    if (layers.type() == Ethernet.ARP) {
      return arp.wrap(memory, network, length) == Refusal.NONE ? arp(memory, at, network, now) : 0;
    }
    if (layers.fragment()) {
      return 0;
    }
    if (layers.version() == 4) {
      four.wrap(memory, network, length);
      if (four.verify()) {
        switch (layers.protocol()) {
          case 1 -> icmp(memory, now);
          case 2 -> igmp(memory, now);
          default -> {}
        }
      }
      return 0;
    }
    if (layers.version() == 6 && layers.protocol() == 58) {
      six.wrap(memory, network, length);
      int room = control.length(index) + control.tailroom(index) - (int) (network - at);
      return icmp6(memory, at, network, room, now);
    }
    return 0;
  }

  private int arp(MemorySegment memory, long at, long network, long now) {
    long sender4 = Ip.mapped(arp.sender());
    if (arp.sender() != 0 && !addresses.ours(0, sender4)) {
      boolean toUs = arp.operation() == Arp.REPLY && arp.targetMac() == settings.mac();
      learned |=
          neighbourhood.learn(
              0, sender4, arp.senderMac(), toUs ? Evidence.ANSWER : Evidence.ANNOUNCEMENT, now);
    }
    if (!settings.answers()
        || arp.operation() != Arp.REQUEST
        || !addresses.ours(0, Ip.mapped(arp.target()))
        || addresses.ours(0, sender4)
        || Ethernet.group(arp.senderMac())) {
      return 0;
    }
    long asker = arp.senderMac();
    Arp.write(memory, network, Arp.REPLY, settings.mac(), arp.target(), asker, arp.sender());
    Wire.u48(memory, at, asker);
    Wire.u48(memory, at + 6, settings.mac());
    return (int) (network - at) + Arp.SIZE;
  }

  private void icmp(MemorySegment memory, long now) {
    if (!addresses.ours(0, Ip.mapped(four.destination()))
        || icmp.wrap(memory, four.payload(), four.payloadLength()) != Refusal.NONE
        || icmp.type() != Icmp.UNREACHABLE
        || icmp.code() != Icmp.FRAGMENTATION_NEEDED
        || !icmp.verify()
        || icmp.quoted(quotedFour) != Refusal.NONE) {
      return;
    }
    // Only who has seen a datagram of ours knows its ports, so a stranger cannot slow us down.
    if (quotedFour.protocol() == 17
        && quotedFour.fragmentOffset() == 0
        && quotedFour.payloadLength() >= Udp.SIZE
        && addresses.ours(0, Ip.mapped(quotedFour.source()))
        && Wire.u16(memory, quotedFour.payload()) == settings.port()) {
      int mtu = icmp.mtu() == 0 ? PathMtus.guess(quotedFour.totalLength()) : icmp.mtu();
      sender.tooLong(0, Ip.mapped(quotedFour.destination()), mtu, now);
    }
  }

  private int icmp6(MemorySegment memory, long at, long network, int room, long now) {
    long payload = six.payload();
    int length = six.payloadLength();
    if (icmp6.wrap(memory, payload, length) != Refusal.NONE || !icmp6.verify(six)) {
      return 0;
    }
    switch (icmp6.type()) {
      case Icmp6.TOO_BIG -> tooBig(memory, now);
      case Mld.QUERY -> {
        if (six.hops() == 1 && mld.wrap(memory, payload, length) == Refusal.NONE) {
          schedule(TimeUnit.MILLISECONDS.toNanos(mld.delay()), now);
        }
      }
      case NeighbourDiscovery.SOLICITATION, NeighbourDiscovery.ADVERTISEMENT -> {
        // No router passes on a packet with 255 hops, so the sender is on the link.
        if (six.hops() == 255
            && neighbour.wrap(memory, payload, length) == Refusal.NONE
            && !Ip.multicast(neighbour.targetHigh(), neighbour.targetLow())) {
          return neighbour.type() == NeighbourDiscovery.SOLICITATION
              ? solicitation(memory, at, network, room, now)
              : advertisement(now);
        }
      }
      default -> {}
    }
    return 0;
  }

  private void tooBig(MemorySegment memory, long now) {
    if (addresses.ours(six.destinationHigh(), six.destinationLow())
        && icmp6.quoted(quotedSix) == Refusal.NONE
        && quotedSix.protocol() == 17
        && quotedSix.fragmentOffset() == 0
        && quotedSix.payloadLength() >= Udp.SIZE
        && addresses.ours(quotedSix.sourceHigh(), quotedSix.sourceLow())
        && Wire.u16(memory, quotedSix.payload()) == settings.port()) {
      int mtu = icmp6.mtu() < 0 ? Integer.MAX_VALUE : icmp6.mtu();
      sender.tooLong(quotedSix.destinationHigh(), quotedSix.destinationLow(), mtu, now);
    }
  }

  private int advertisement(long now) {
    boolean solicited = (neighbour.flags() & NeighbourDiscovery.SOLICITED) != 0;
    if (solicited && Ip.multicast(six.destinationHigh(), six.destinationLow())) {
      return 0;
    }
    long mac = neighbour.mac(NeighbourDiscovery.TARGET_MAC);
    boolean override = (neighbour.flags() & NeighbourDiscovery.OVERRIDE) != 0;
    Evidence evidence =
        !override ? Evidence.HINT : solicited ? Evidence.ANSWER : Evidence.ANNOUNCEMENT;
    learned |=
        neighbourhood.learn(neighbour.targetHigh(), neighbour.targetLow(), mac, evidence, now);
    return 0;
  }

  private int solicitation(MemorySegment memory, long at, long network, int room, long now) {
    long high = six.sourceHigh();
    long low = six.sourceLow();
    boolean unspecified = (high | low) == 0;
    long mac = neighbour.mac(NeighbourDiscovery.SOURCE_MAC);
    if (!unspecified && !addresses.ours(high, low)) {
      learned |= neighbourhood.learn(high, low, mac, Evidence.ANNOUNCEMENT, now);
    }
    long targetHigh = neighbour.targetHigh();
    long targetLow = neighbour.targetLow();
    if (!settings.answers()
        || !addresses.ours(targetHigh, targetLow)
        || addresses.ours(high, low)
        || Ip.multicast(high, low)
        || room < Ipv6.SIZE + ADVERTISEMENT) {
      return 0;
    }
    long to =
        unspecified
            ? Ethernet.group6(ALL_NODES_LOW)
            : mac > 0 && !Ethernet.group(mac) ? mac : Wire.u48(memory, at + 6);
    NeighbourDiscovery.write(
        memory,
        network + Ipv6.SIZE,
        NeighbourDiscovery.ADVERTISEMENT,
        (unspecified ? 0 : NeighbourDiscovery.SOLICITED) | NeighbourDiscovery.OVERRIDE,
        targetHigh,
        targetLow,
        NeighbourDiscovery.TARGET_MAC,
        settings.mac());
    UdpSender.message6(
        memory,
        network,
        ADVERTISEMENT,
        255,
        targetHigh,
        targetLow,
        unspecified ? ALL_NODES_HIGH : high,
        unspecified ? ALL_NODES_LOW : low);
    Wire.u48(memory, at, to);
    Wire.u48(memory, at + 6, settings.mac());
    return (int) (network - at) + Ipv6.SIZE + ADVERTISEMENT;
  }

  private void igmp(MemorySegment memory, long now) {
    if (igmp.wrap(memory, four.payload(), four.payloadLength()) == Refusal.NONE
        && igmp.type() == Igmp.QUERY
        && igmp.verify()) {
      schedule(TimeUnit.MILLISECONDS.toNanos(100L * igmp.delay()), now);
    }
  }

  /** A report is made within the time; one that is due earlier stays. */
  private void schedule(long within, long now) {
    if (settings.reports() == Reports.NONE) {
      return;
    }
    long when = now + random.nextLong(Math.max(1, within));
    if (!reporting || when - reportDue < 0) {
      reportDue = when;
      reporting = true;
    }
  }

  /** Nanoseconds until a report is due; none when none is. Any thread. */
  long untilDue(long now) {
    return reporting ? Math.max(0, reportDue - now) : Long.MAX_VALUE;
  }

  /** Tells routers which groups are heard, if that is due. */
  void serve(Groups groups, long now) {
    if (!reporting || now - reportDue < 0) {
      return;
    }
    reporting = false;
    for (Membership one : groups.memberships()) {
      report(one, one.source().isPresent() ? GroupRecords.IS_INCLUDE : GroupRecords.IS_EXCLUDE);
    }
    frames.flush();
  }

  /** Tells routers that a group is heard now; a second time in a second, lest it was lost. */
  void joined(Membership membership, long now) {
    if (settings.reports() != Reports.NONE) {
      report(
          membership,
          membership.source().isPresent() ? GroupRecords.ALLOW : GroupRecords.TO_EXCLUDE);
      frames.flush();
      schedule(AGAIN, now);
    }
  }

  /** Tells routers that a group is heard no more. */
  void left(Membership membership) {
    if (settings.reports() != Reports.NONE) {
      report(
          membership,
          membership.source().isPresent() ? GroupRecords.BLOCK : GroupRecords.TO_INCLUDE);
      frames.flush();
    }
  }

  private void report(Membership membership, int type) {
    long high = Ip.high(membership.group());
    long low = Ip.low(membership.group());
    long sourceHigh = membership.source().map(Ip::high).orElse(0L);
    long sourceLow = membership.source().map(Ip::low).orElse(0L);
    boolean allOfLink = (high == 0 && (int) low == ALL_HOSTS) || isAllNodes(high, low);
    if (allOfLink) {
      return;
    }
    FrameBatch frame = sender.compose();
    if (frame.isEmpty()) {
      return;
    }
    MemorySegment memory = frame.memory();
    long at = frame.address(0);
    int sources = (sourceHigh | sourceLow) == 0 ? 0 : 1;
    int length;
    if (!Ip.four(high, low)) {
      length = report6(memory, at, type, high, low, sources, sourceHigh, sourceLow);
    } else if (settings.reports() == Reports.IGMP3) {
      length = report3(memory, at, type, (int) low, sources, (int) sourceLow);
    } else {
      length = report2(memory, at, type, (int) low);
    }
    sender.emit(length);
  }

  private static boolean isAllNodes(long high, long low) {
    return high == ALL_NODES_HIGH && low == ALL_NODES_LOW;
  }

  private int report2(MemorySegment memory, long at, int type, int group) {
    boolean leave = type == GroupRecords.TO_INCLUDE || type == GroupRecords.BLOCK;
    long network = at + sender.linkHeader();
    long message = network + WITH_ALERT;
    Igmp.write(memory, message, leave ? Igmp.LEAVE : Igmp.REPORT_2, group);
    return igmpHeaders(memory, at, Igmp.SIZE, leave ? ALL_ROUTERS : group);
  }

  private int report3(MemorySegment memory, long at, int type, int group, int sources, int source) {
    long message = at + sender.linkHeader() + WITH_ALERT;
    Wire.u32(memory, message, Igmp.REPORT_3 << 24);
    Wire.u32(memory, message + 4, 1);
    Wire.u32(memory, message + 8, type << 24 | sources);
    Wire.u32(memory, message + 12, group);
    if (sources != 0) {
      Wire.u32(memory, message + 16, source);
    }
    return igmpHeaders(memory, at, 16 + 4 * sources, ALL_IGMP3_ROUTERS);
  }

  private int igmpHeaders(MemorySegment memory, long at, int length, int destination) {
    long network = at + sender.linkHeader();
    long message = network + WITH_ALERT;
    Wire.u16(memory, message + 2, Checksum.of(memory, message, length));
    int source = addresses.towards(0, Ip.mapped(destination));
    Ipv4.write(
        memory,
        network,
        WITH_ALERT + length,
        0,
        Ipv4.DONT_FRAGMENT,
        1,
        2,
        source < 0 ? 0 : (int) addresses.low(source),
        destination);
    Wire.u16(memory, network, 0x46c0);
    Wire.u32(memory, network + Ipv4.SIZE, ROUTER_ALERT);
    Wire.u16(memory, network + 10, 0);
    Wire.u16(memory, network + 10, Checksum.of(memory, network, WITH_ALERT));
    sender.ethernet(memory, at, Ethernet.group4(destination), Ethernet.IPV4);
    return sender.linkHeader() + WITH_ALERT + length;
  }

  private int report6(
      MemorySegment memory,
      long at,
      int type,
      long high,
      long low,
      int sources,
      long sourceHigh,
      long sourceLow) {
    long network = at + sender.linkHeader();
    long message = network + Ipv6.SIZE + 8;
    int length = 28 + 16 * sources;
    Wire.u32(memory, message, Mld.REPORT_2 << 24);
    Wire.u32(memory, message + 4, 1);
    Wire.u32(memory, message + 8, type << 24 | sources);
    Wire.u64(memory, message + 12, high);
    Wire.u64(memory, message + 20, low);
    if (sources != 0) {
      Wire.u64(memory, message + 28, sourceHigh);
      Wire.u64(memory, message + 36, sourceLow);
    }
    int from = addresses.ofLink();
    Ipv6.write(
        memory,
        network,
        8 + length,
        Ipv6.HOP_BY_HOP,
        1,
        from < 0 ? 0 : addresses.high(from),
        from < 0 ? 0 : addresses.low(from),
        ALL_NODES_HIGH,
        ALL_LISTENERS_LOW);
    Wire.u64(memory, network + Ipv6.SIZE, ROUTER_ALERT_6);
    UdpSender.checksum6(memory, network, message, length);
    sender.ethernet(memory, at, Ethernet.group6(ALL_LISTENERS_LOW), Ethernet.IPV6);
    return sender.linkHeader() + Ipv6.SIZE + 8 + length;
  }
}
