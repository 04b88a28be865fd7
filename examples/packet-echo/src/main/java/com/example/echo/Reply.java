package com.example.echo;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.Packet;
import org.sluice.packet.proto.Ethernet;
import org.sluice.packet.proto.Ipv4;
import org.sluice.packet.proto.Ipv6;
import org.sluice.packet.proto.Layers;
import org.sluice.packet.proto.Refusal;
import org.sluice.packet.proto.Udp;

/** Turns a datagram into its answer, in its place. */
final class Reply {
  private static final int UDP = 17;
  private static final int HOPS = 64;

  private final Layers layers = new Layers();
  private final Ethernet ethernet = new Ethernet();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Udp udp = new Udp();

  /**
   * Whether there is an answer; if not, nothing has changed. The checksum of UDP stays right when
   * both ends change places.
   */
  boolean made(Packet packet) {
    MemorySegment memory = packet.memory();
    long at = packet.address();
    int length = packet.length();
    if (packet.continued()
        || layers.parse(memory, at, length) != Refusal.NONE
        || layers.protocol() != UDP
        || layers.fragment()
        || udp.wrap(memory, layers.transport(), layers.transportLength()) != Refusal.NONE
        // One echo would answer the other one for ever.
        || udp.sourcePort() == udp.destinationPort()
        || udp.sourcePort() == 0) {
      return false;
    }
    ethernet.wrap(memory, at, length);
    long sender = ethernet.source();
    ethernet.source(ethernet.destination());
    ethernet.destination(sender);
    network(memory, (int) (at + length - layers.network()));
    int port = udp.sourcePort();
    udp.sourcePort(udp.destinationPort());
    udp.destinationPort(port);
    return true;
  }

  private void network(MemorySegment memory, int length) {
    if (layers.version() == 4) {
      four.wrap(memory, layers.network(), length);
      int source = four.source();
      four.source(four.destination());
      four.destination(source);
      four.hops(HOPS);
    } else {
      six.wrap(memory, layers.network(), length);
      long high = six.sourceHigh();
      long low = six.sourceLow();
      six.source(six.destinationHigh(), six.destinationLow());
      six.destination(high, low);
      six.hops(HOPS);
    }
  }
}
