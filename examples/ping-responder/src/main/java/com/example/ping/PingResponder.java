package com.example.ping;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ConfigurationPolicy;
import org.osgi.service.metatype.annotations.AttributeDefinition;
import org.osgi.service.metatype.annotations.Designate;
import org.osgi.service.metatype.annotations.ObjectClassDefinition;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.PacketHandler;
import org.sluice.packet.proto.Arp;
import org.sluice.packet.proto.Ethernet;
import org.sluice.packet.proto.Icmp;
import org.sluice.packet.proto.Icmp6;
import org.sluice.packet.proto.Ip;
import org.sluice.packet.proto.Ipv4;
import org.sluice.packet.proto.Ipv6;
import org.sluice.packet.proto.NeighbourDiscovery;
import org.sluice.packet.proto.Refusal;

/** Answers ping, and the questions for the hardware address, for addresses that nobody else has. */
@Component(
    configurationPid = "com.example.ping",
    configurationPolicy = ConfigurationPolicy.REQUIRE)
@Designate(ocd = PingResponder.Config.class)
public final class PingResponder implements PacketHandler {
  private static final int ICMP = 1;
  private static final int ICMP6 = 58;
  private static final int IP_AT = Ethernet.SIZE;
  private static final int OPTION = 8;

  private final Ethernet ethernet = new Ethernet();
  private final Arp arp = new Arp();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Icmp icmp = new Icmp();
  private final Icmp6 icmp6 = new Icmp6();
  private final NeighbourDiscovery neighbour = new NeighbourDiscovery();
  private final long mac;
  private final long[] highs;
  private final long[] lows;

  /** The keys that begin with "packet." are for the engine: they become properties of the service. */
  @ObjectClassDefinition(name = "Ping responder", description = "Which addresses answer, and where")
  public @interface Config {
    @AttributeDefinition(name = "Interface", description = "Where the questions arrive")
    String packet_interface();

    @AttributeDefinition(name = "Match", description = "What is received there")
    String packet_match() default "arp or icmp or icmp6";

    @AttributeDefinition(
        name = "Driver",
        description =
            "afpacket hears copies, so that the host goes on to answer for itself; xdp or auto take"
                + " what matches away from the host")
    String packet_driver() default "afpacket";

    @AttributeDefinition(
        name = "Addresses",
        description = "Of IPv4 and IPv6, such as 192.0.2.7; nobody else on the network may have them")
    String[] addresses();

    @AttributeDefinition(name = "MAC", description = "The hardware address that is told")
    String mac();
  }

  @Activate
  public PingResponder(Config config) {
    mac = Ethernet.mac(config.mac());
    highs = new long[config.addresses().length];
    lows = new long[highs.length];
    for (int i = 0; i < highs.length; i++) {
      InetAddress address = InetAddress.ofLiteral(config.addresses()[i]);
      highs[i] = Ip.high(address);
      lows[i] = Ip.low(address);
    }
  }

  @Override
  public void handle(FrameBatch frames) {
    for (int i = 0; i < frames.count(); i++) {
      if (frames.verdict(i) == FrameBatch.Verdict.OPEN && !frames.continued(i) && answer(frames, i)) {
        frames.decide(i, FrameBatch.Verdict.SEND);
      }
    }
  }

  /** Turns the question into the answer, in its place; says whether it was one for us. */
  private boolean answer(FrameBatch frames, int i) {
    MemorySegment memory = frames.memory();
    long at = frames.address(i);
    int length = frames.length(i);
    if (ethernet.wrap(memory, at, length) != Refusal.NONE) {
      return false;
    }
    long asker = ethernet.source();
    boolean answered =
        switch (ethernet.type()) {
          case Ethernet.ARP -> arp(memory, at + IP_AT, length - IP_AT);
          case Ethernet.IPV4 -> ping4(memory, at + IP_AT, length - IP_AT);
          case Ethernet.IPV6 -> six(frames, i, memory, at + IP_AT, length - IP_AT);
          default -> false;
        };
    if (answered) {
      ethernet.destination(asker);
      ethernet.source(mac);
    }
    return answered;
  }

  private boolean arp(MemorySegment memory, long at, int length) {
    if (arp.wrap(memory, at, length) != Refusal.NONE
        || arp.operation() != Arp.REQUEST
        || !ours(0, Ip.mapped(arp.target()))) {
      return false;
    }
    Arp.write(memory, at, Arp.REPLY, mac, arp.target(), arp.senderMac(), arp.sender());
    return true;
  }

  private boolean ping4(MemorySegment memory, long at, int length) {
    if (four.wrap(memory, at, length) != Refusal.NONE
        || four.fragment()
        || four.protocol() != ICMP
        || !ours(0, Ip.mapped(four.destination()))
        || icmp.wrap(memory, four.payload(), four.payloadLength()) != Refusal.NONE
        || icmp.type() != Icmp.ECHO_REQUEST
        || !icmp.verify()) {
      return false;
    }
    int asker = four.source();
    four.source(four.destination());
    four.destination(asker);
    four.hops(64);
    four.fill();
    icmp.type(Icmp.ECHO_REPLY);
    icmp.fill();
    return true;
  }

  private boolean six(FrameBatch frames, int i, MemorySegment memory, long at, int length) {
    if (six.wrap(memory, at, length) != Refusal.NONE
        || six.fragment()
        || six.protocol() != ICMP6
        || icmp6.wrap(memory, six.payload(), six.payloadLength()) != Refusal.NONE
        || !icmp6.verify(six)) {
      return false;
    }
    return switch (icmp6.type()) {
      case Icmp6.ECHO_REQUEST -> ping6();
      case NeighbourDiscovery.SOLICITATION -> solicited(frames, i, memory, at);
      default -> false;
    };
  }

  private boolean ping6() {
    if (!ours(six.destinationHigh(), six.destinationLow())) {
      return false;
    }
    long high = six.sourceHigh();
    long low = six.sourceLow();
    six.source(six.destinationHigh(), six.destinationLow());
    six.destination(high, low);
    six.hops(64);
    icmp6.type(Icmp6.ECHO_REPLY);
    icmp6.fill(six);
    return true;
  }

  /** The answer is as long as a question that tells who asks; one that does not is a search for duplicates. */
  private boolean solicited(FrameBatch frames, int i, MemorySegment memory, long at) {
    if (six.hops() != 255
        || six.headerLength() != Ipv6.SIZE
        || neighbour.wrap(memory, six.payload(), six.payloadLength()) != Refusal.NONE
        || !ours(neighbour.targetHigh(), neighbour.targetLow())
        || neighbour.mac(NeighbourDiscovery.SOURCE_MAC) < 0) {
      return false;
    }
    int message = NeighbourDiscovery.SIZE + OPTION;
    frames.length(i, IP_AT + Ipv6.SIZE + message);
    long high = neighbour.targetHigh();
    long low = neighbour.targetLow();
    long askerHigh = six.sourceHigh();
    long askerLow = six.sourceLow();
    Ipv6.write(memory, at, message, ICMP6, 255, high, low, askerHigh, askerLow);
    long body = at + Ipv6.SIZE;
    int flags = NeighbourDiscovery.SOLICITED | NeighbourDiscovery.OVERRIDE;
    NeighbourDiscovery.write(
        memory,
        body,
        NeighbourDiscovery.ADVERTISEMENT,
        flags,
        high,
        low,
        NeighbourDiscovery.TARGET_MAC,
        mac);
    if (six.wrap(memory, at, Ipv6.SIZE + message) != Refusal.NONE
        || neighbour.wrap(memory, body, message) != Refusal.NONE) {
      return false;
    }
    neighbour.fill(six);
    return true;
  }

  private boolean ours(long high, long low) {
    for (int i = 0; i < lows.length; i++) {
      if (lows[i] == low && highs[i] == high) {
        return true;
      }
    }
    return false;
  }
}
