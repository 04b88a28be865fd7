// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;

/**
 * A frame in one line, for people. Whatever the bytes are, there is a line; what is wrong with them
 * is told in it. Allocates. Not safe for several threads at once.
 */
public final class PacketText {
  private final Ethernet ethernet = new Ethernet();
  private final VlanTag tag = new VlanTag();
  private final Arp arp = new Arp();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Ipv4 quotedFour = new Ipv4();
  private final Ipv6 quotedSix = new Ipv6();
  private final Udp udp = new Udp();
  private final Tcp tcp = new Tcp();
  private final Icmp icmp = new Icmp();
  private final Icmp6 icmp6 = new Icmp6();
  private final NeighbourDiscovery neighbour = new NeighbourDiscovery();
  private final Igmp igmp = new Igmp();
  private final Mld mld = new Mld();
  private final GroupRecords records = new GroupRecords();
  private StringBuilder text = new StringBuilder();

  /** Tells a frame of a batch. */
  public String line(FrameBatch frames, int index) {
    return line(frames.memory(), frames.address(index), frames.length(index), frames.flags(index));
  }

  /** Tells the frame that lies there, its checksums included. */
  public String line(MemorySegment memory, long address, int length) {
    return line(memory, address, length, 0);
  }

  private String line(MemorySegment memory, long address, int length, int flags) {
    text = new StringBuilder(120);
    Refusal refusal = ethernet.wrap(memory, address, length);
    if (refusal != Refusal.NONE) {
      return refused("ethernet", refusal).append(", ").append(length).append(" bytes").toString();
    }
    text.append(Ethernet.text(ethernet.source()))
        .append(" > ")
        .append(Ethernet.text(ethernet.destination()));
    int type = ethernet.type();
    int offset = Ethernet.SIZE;
    for (int tags = 0; tags < 2 && VlanTag.announced(type); tags++) {
      refusal = tag.wrap(memory, address + offset, length - offset);
      if (refusal != Refusal.NONE) {
        text.append(' ');
        return refused("vlan", refusal).toString();
      }
      text.append(" vlan ").append(tag.id());
      if (tag.priority() != 0) {
        text.append(" priority ").append(tag.priority());
      }
      type = tag.type();
      offset += VlanTag.SIZE;
    }
    text.append(' ');
    boolean finished = (flags & FrameBatch.CHECKSUM_PARTIAL) == 0;
    boolean whole = (flags & FrameBatch.CONTINUED) == 0;
    network(type, memory, address + offset, length - offset, finished && whole);
    if (!whole) {
      text.append(", goes on");
    }
    return text.toString();
  }

  private void network(int type, MemorySegment memory, long at, int length, boolean check) {
    switch (type) {
      case Ethernet.ARP -> arp(memory, at, length);
      case Ethernet.IPV4 -> four(memory, at, length, check);
      case Ethernet.IPV6 -> six(memory, at, length, check);
      default -> {
        text.append(type < 0x600 ? "length " + type : "ethertype 0x%04x".formatted(type));
        text.append(", ").append(length).append(" bytes");
      }
    }
  }

  private void arp(MemorySegment memory, long at, int length) {
    Refusal refusal = arp.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("arp", refusal);
      return;
    }
    switch (arp.operation()) {
      case Arp.REQUEST -> {
        text.append("arp who has ");
        address4(arp.target());
        text.append("? tell ");
        address4(arp.sender());
      }
      case Arp.REPLY -> {
        text.append("arp ");
        address4(arp.sender());
        text.append(" is at ").append(Ethernet.text(arp.senderMac()));
      }
      default -> text.append("arp operation ").append(arp.operation());
    }
  }

  private void four(MemorySegment memory, long at, int length, boolean check) {
    Refusal refusal = four.wrap(memory, at, length);
    if (refusal == Refusal.TRUNCATED && !check) {
      refusal = four.wrapQuoted(memory, at, length);
    }
    if (refusal != Refusal.NONE) {
      refused("ip", refusal);
      return;
    }
    if (four.fragment()) {
      ends4(0, 0);
      fragment(four.protocol(), four.identification(), four.fragmentOffset(), four.moreFragments());
      return;
    }
    switch (four.protocol()) {
      case 17 -> {
        refusal = udp.wrap(memory, four.payload(), four.payloadLength());
        if (refusal == Refusal.NONE) {
          ends4(udp.sourcePort(), udp.destinationPort());
          udp(!check || udp.verify(four));
        } else {
          ends4(0, 0);
          refused("udp", refusal);
        }
      }
      case 6 -> {
        refusal = tcp.wrap(memory, four.payload(), four.payloadLength());
        if (refusal == Refusal.NONE) {
          ends4(tcp.sourcePort(), tcp.destinationPort());
          tcp(!check || tcp.verify(four));
        } else {
          ends4(0, 0);
          refused("tcp", refusal);
        }
      }
      case 1 -> {
        ends4(0, 0);
        icmp(memory, four.payload(), four.payloadLength(), check);
      }
      case 2 -> {
        ends4(0, 0);
        igmp(memory, four.payload(), four.payloadLength(), check);
      }
      default -> {
        ends4(0, 0);
        other(four.protocol(), four.payloadLength());
      }
    }
    checksum(check && !four.verify(), ", ip checksum wrong");
  }

  private void six(MemorySegment memory, long at, int length, boolean check) {
    Refusal refusal = six.wrap(memory, at, length);
    if (refusal == Refusal.TRUNCATED && !check) {
      refusal = six.wrapQuoted(memory, at, length);
    }
    if (refusal != Refusal.NONE) {
      refused("ip6", refusal);
      return;
    }
    if (six.fragment()) {
      ends6(0, 0);
      fragment(six.protocol(), six.identification(), six.fragmentOffset(), six.moreFragments());
      return;
    }
    switch (six.protocol()) {
      case 17 -> {
        refusal = udp.wrap(memory, six.payload(), six.payloadLength());
        if (refusal == Refusal.NONE) {
          ends6(udp.sourcePort(), udp.destinationPort());
          udp(!check || udp.verify(six));
        } else {
          ends6(0, 0);
          refused("udp", refusal);
        }
      }
      case 6 -> {
        refusal = tcp.wrap(memory, six.payload(), six.payloadLength());
        if (refusal == Refusal.NONE) {
          ends6(tcp.sourcePort(), tcp.destinationPort());
          tcp(!check || tcp.verify(six));
        } else {
          ends6(0, 0);
          refused("tcp", refusal);
        }
      }
      case 58 -> {
        ends6(0, 0);
        icmp6(memory, six.payload(), six.payloadLength(), check);
      }
      default -> {
        ends6(0, 0);
        other(six.protocol(), six.payloadLength());
      }
    }
  }

  private void ends4(int from, int to) {
    text.append("ip ");
    end4(four.source(), from);
    text.append(" > ");
    end4(four.destination(), to);
    text.append(' ');
  }

  private void end4(int address, int port) {
    address4(address);
    if (port != 0) {
      text.append(':').append(port);
    }
  }

  private void ends6(int from, int to) {
    text.append("ip6 ");
    end6(six.sourceHigh(), six.sourceLow(), from);
    text.append(" > ");
    end6(six.destinationHigh(), six.destinationLow(), to);
    text.append(' ');
  }

  private void end6(long high, long low, int port) {
    if (port == 0) {
      address6(high, low);
    } else {
      text.append('[');
      address6(high, low);
      text.append("]:").append(port);
    }
  }

  private void udp(boolean right) {
    text.append("udp, ").append(udp.payloadLength()).append(" bytes");
    checksum(!right, ", udp checksum wrong");
  }

  private void tcp(boolean right) {
    text.append("tcp ");
    flag(Tcp.SYN, "syn ");
    flag(Tcp.FIN, "fin ");
    flag(Tcp.RST, "rst ");
    flag(Tcp.PSH, "psh ");
    flag(Tcp.URG, "urg ");
    flag(Tcp.ACK, "ack ");
    text.append("seq ").append(Integer.toUnsignedString(tcp.sequence()));
    text.append(", ").append(tcp.payloadLength()).append(" bytes");
    checksum(!right, ", tcp checksum wrong");
  }

  private void flag(int flag, String name) {
    if ((tcp.flags() & flag) != 0) {
      text.append(name);
    }
  }

  private void icmp(MemorySegment memory, long at, int length, boolean check) {
    Refusal refusal = icmp.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("icmp", refusal);
      return;
    }
    switch (icmp.type()) {
      case Icmp.ECHO_REQUEST -> text.append("icmp echo request ").append(icmp.sequence());
      case Icmp.ECHO_REPLY -> text.append("icmp echo reply ").append(icmp.sequence());
      case Icmp.UNREACHABLE -> {
        text.append("icmp unreachable, code ").append(icmp.code());
        if (icmp.code() == Icmp.FRAGMENTATION_NEEDED) {
          text.append(", at most ").append(icmp.mtu()).append(" bytes");
        }
      }
      default ->
          text.append("icmp type ").append(icmp.type()).append(", code ").append(icmp.code());
    }
    if (icmp.error() && icmp.quoted(quotedFour) == Refusal.NONE) {
      text.append(", about ");
      address4(quotedFour.source());
      text.append(" > ");
      address4(quotedFour.destination());
      text.append(" protocol ").append(quotedFour.protocol());
    }
    checksum(check && !icmp.verify(), ", icmp checksum wrong");
  }

  private void icmp6(MemorySegment memory, long at, int length, boolean check) {
    Refusal refusal = icmp6.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("icmp6", refusal);
      return;
    }
    int type = icmp6.type();
    switch (type) {
      case Icmp6.ECHO_REQUEST -> text.append("icmp6 echo request ").append(icmp6.sequence());
      case Icmp6.ECHO_REPLY -> text.append("icmp6 echo reply ").append(icmp6.sequence());
      case Icmp6.TOO_BIG ->
          text.append("icmp6 too big, at most ")
              .append(Integer.toUnsignedString(icmp6.mtu()))
              .append(" bytes");
      case Mld.QUERY, Mld.REPORT_1, Mld.DONE, Mld.REPORT_2 -> mld(memory, at, length);
      case NeighbourDiscovery.ROUTER_SOLICITATION,
          NeighbourDiscovery.ROUTER_ADVERTISEMENT,
          NeighbourDiscovery.SOLICITATION,
          NeighbourDiscovery.ADVERTISEMENT,
          NeighbourDiscovery.REDIRECT ->
          neighbour(memory, at, length);
      default -> text.append("icmp6 type ").append(type).append(", code ").append(icmp6.code());
    }
    if (icmp6.error() && icmp6.quoted(quotedSix) == Refusal.NONE) {
      text.append(", about ");
      address6(quotedSix.sourceHigh(), quotedSix.sourceLow());
      text.append(" > ");
      address6(quotedSix.destinationHigh(), quotedSix.destinationLow());
      text.append(" protocol ").append(quotedSix.protocol());
    }
    checksum(check && !icmp6.verify(six), ", icmp6 checksum wrong");
  }

  private void neighbour(MemorySegment memory, long at, int length) {
    Refusal refusal = neighbour.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("neighbour discovery", refusal);
      return;
    }
    switch (neighbour.type()) {
      case NeighbourDiscovery.ROUTER_SOLICITATION -> text.append("router solicitation");
      case NeighbourDiscovery.ROUTER_ADVERTISEMENT -> text.append("router advertisement");
      case NeighbourDiscovery.SOLICITATION -> {
        text.append("neighbour who has ");
        address6(neighbour.targetHigh(), neighbour.targetLow());
        text.append('?');
      }
      case NeighbourDiscovery.ADVERTISEMENT -> {
        text.append("neighbour ");
        address6(neighbour.targetHigh(), neighbour.targetLow());
        long mac = neighbour.mac(NeighbourDiscovery.TARGET_MAC);
        text.append(" is at ").append(mac < 0 ? "its sender" : Ethernet.text(mac));
      }
      default -> {
        text.append("redirect to ");
        address6(neighbour.targetHigh(), neighbour.targetLow());
      }
    }
  }

  private void igmp(MemorySegment memory, long at, int length, boolean check) {
    Refusal refusal = igmp.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("igmp", refusal);
      return;
    }
    text.append("igmp v").append(igmp.version());
    switch (igmp.type()) {
      case Igmp.QUERY -> text.append(" query ");
      case Igmp.LEAVE -> text.append(" leave ");
      default -> text.append(" report ");
    }
    if (igmp.type() == Igmp.REPORT_3) {
      igmp.records(records);
      records();
    } else {
      address4(igmp.group());
    }
    checksum(check && !igmp.verify(), ", igmp checksum wrong");
  }

  private void mld(MemorySegment memory, long at, int length) {
    Refusal refusal = mld.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      refused("mld", refusal);
      return;
    }
    text.append("mld v").append(mld.version());
    switch (mld.type()) {
      case Mld.QUERY -> text.append(" query ");
      case Mld.DONE -> text.append(" done ");
      default -> text.append(" report ");
    }
    if (mld.type() == Mld.REPORT_2) {
      mld.records(records);
      records();
    } else {
      address6(mld.groupHigh(), mld.groupLow());
    }
  }

  /** A line stays a line: of many groups the first ones are told. */
  private void records() {
    for (int told = 0; records.next(); told++) {
      if (told == 4) {
        text.append(" ...");
        return;
      }
      text.append(told == 0 ? "" : " ")
          .append(
              switch (records.type()) {
                case GroupRecords.IS_INCLUDE -> "includes ";
                case GroupRecords.IS_EXCLUDE -> "excludes ";
                case GroupRecords.TO_INCLUDE -> "now-includes ";
                case GroupRecords.TO_EXCLUDE -> "now-excludes ";
                case GroupRecords.ALLOW -> "allows ";
                case GroupRecords.BLOCK -> "blocks ";
                default -> "type-" + records.type() + " ";
              });
      address6(records.groupHigh(), records.groupLow());
      text.append(" (").append(records.sources()).append(" sources)");
    }
  }

  private void fragment(int protocol, int identification, int offset, boolean more) {
    text.append("fragment ")
        .append(Integer.toHexString(identification))
        .append(" of protocol ")
        .append(protocol)
        .append(" at ")
        .append(offset)
        .append(more ? ", more follow" : ", the last");
  }

  private void other(int protocol, int length) {
    text.append("protocol ").append(protocol).append(", ").append(length).append(" bytes");
  }

  private void checksum(boolean wrong, String words) {
    if (wrong) {
      text.append(words);
    }
  }

  private StringBuilder refused(String what, Refusal refusal) {
    return text.append(what).append(": ").append(refusal.words());
  }

  private void address4(int address) {
    text.append(address >>> 24)
        .append('.')
        .append(address >>> 16 & 0xff)
        .append('.')
        .append(address >>> 8 & 0xff)
        .append('.')
        .append(address & 0xff);
  }

  private void address6(long high, long low) {
    text.append(DatagramBatch.inet(high, low).getHostAddress());
  }
}
