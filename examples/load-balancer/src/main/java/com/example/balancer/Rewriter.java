package com.example.balancer;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.Packet;
import org.sluice.packet.proto.Checksum;
import org.sluice.packet.proto.Ethernet;
import org.sluice.packet.proto.Ipv4;
import org.sluice.packet.proto.Refusal;
import org.sluice.packet.proto.Udp;

/** Reads a datagram of IPv4 and changes where it goes. One for each thread. */
final class Rewriter {
  private final Ethernet ethernet = new Ethernet();
  private final Ipv4 ip = new Ipv4();
  private final Udp udp = new Udp();

  /** Whether it is a whole datagram that may go on. Nothing else may be asked when it is not. */
  boolean takes(Packet packet) {
    MemorySegment memory = packet.memory();
    long at = packet.address();
    int length = packet.length();
    return !packet.continued()
        && ethernet.wrap(memory, at, length) == Refusal.NONE
        && ethernet.type() == Ethernet.IPV4
        && ip.wrap(memory, at + Ethernet.SIZE, length - Ethernet.SIZE) == Refusal.NONE
        && ip.protocol() == 17
        && !ip.fragment()
        && ip.hops() > 1
        && udp.wrap(memory, ip.payload(), ip.payloadLength()) == Refusal.NONE;
  }

  long stationHeard() {
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

  void stations(long from, long to) {
    ethernet.source(from);
    ethernet.destination(to);
    ip.hops(ip.hops() - 1);
  }

  void destination(int address) {
    sums(ip.destination(), address);
    ip.destination(address);
  }

  void source(int address) {
    sums(ip.source(), address);
    ip.source(address);
  }

  private void sums(int from, int to) {
    ip.checksum(Checksum.changed32(ip.checksum(), from, to));
    if (udp.checksum() != 0) {
      udp.checksum(Checksum.udp(Checksum.changed32(udp.checksum(), from, to)));
    }
  }
}
