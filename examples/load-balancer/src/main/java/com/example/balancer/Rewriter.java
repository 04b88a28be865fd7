package com.example.balancer;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Packet;
import org.sluice.packet.proto.Checksum;
import org.sluice.packet.proto.Ethernet;
import org.sluice.packet.proto.Ipv4;
import org.sluice.packet.proto.Refusal;
import org.sluice.packet.proto.Udp;

/** Reads a datagram of IPv4 and changes where it goes. One for each thread. */
final class Rewriter {
  private static final int UDP = 17;

  private final Ethernet ethernet = new Ethernet();
  private final Ipv4 ip = new Ipv4();
  private final Udp udp = new Udp();
  private boolean unfinished;

  /** Whether it is a whole datagram that may go on. Nothing else may be asked when it is not. */
  boolean takes(Packet packet) {
    MemorySegment memory = packet.memory();
    long at = packet.address();
    int length = packet.length();
    unfinished = (packet.flags() & FrameBatch.CHECKSUM_PARTIAL) != 0;
    return ethernet.wrap(memory, at, length) == Refusal.NONE
        && ethernet.type() == Ethernet.IPV4
        && ip.wrap(memory, at + Ethernet.SIZE, length - Ethernet.SIZE) == Refusal.NONE
        && ip.protocol() == UDP
        && !ip.fragment()
        && ip.hops() > 1
        && udp.wrap(memory, ip.payload(), ip.payloadLength()) == Refusal.NONE;
  }

  /** From whom the frame came. */
  long station() {
    return ethernet.source();
  }

  int source() {
    return ip.source();
  }

  int destination() {
    return ip.destination();
  }

  int sourcePort() {
    return udp.sourcePort();
  }

  int destinationPort() {
    return udp.destinationPort();
  }

  void destination(int address, long from, long to) {
    int before = ip.destination();
    ip.destination(address);
    finish(before, address, from, to);
  }

  void source(int address, long from, long to) {
    int before = ip.source();
    ip.source(address);
    finish(before, address, from, to);
  }

  /** Checksums are adjusted, not counted anew: what was broken before is broken afterwards. */
  private void finish(int before, int after, long from, long to) {
    ethernet.source(from);
    ethernet.destination(to);
    ip.hops(ip.hops() - 1);
    ip.checksum(Checksum.changed32(ip.checksum(), before, after));
    if (unfinished) {
      udp.fill(ip);
    } else if (udp.checksum() != 0) {
      udp.checksum(Checksum.udp(Checksum.changed32(udp.checksum(), before, after)));
    }
  }
}
