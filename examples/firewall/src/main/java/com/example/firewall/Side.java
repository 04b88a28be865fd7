package com.example.firewall;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.PacketHandler;
import org.sluice.packet.proto.Ethernet;
import org.sluice.packet.proto.Icmp6;
import org.sluice.packet.proto.Ipv4;
import org.sluice.packet.proto.Ipv6;
import org.sluice.packet.proto.Layers;
import org.sluice.packet.proto.NeighbourDiscovery;
import org.sluice.packet.proto.Ip;
import org.sluice.packet.proto.Refusal;
import org.sluice.packet.proto.Tcp;
import org.sluice.packet.proto.Udp;

/**
 * One of the two interfaces: takes what arrives there and hands what is allowed to the port of the
 * other one. So each port is received from by its own thread, and sent by that of the other side.
 */
final class Side implements PacketHandler {
  private static final int ICMP6 = 58;
  private static final int BATCH = 64;

  final LongAdder forwarded = new LongAdder();
  final LongAdder neighbours = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder unable = new LongAdder();

  private final Supplier<Rules> rules;
  private final Layers layers = new Layers();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Tcp tcp = new Tcp();
  private final Udp udp = new Udp();
  private final Icmp6 icmp6 = new Icmp6();
  private final Rule.Packet packet = new Rule.Packet();
  private final FrameBatch out = new FrameBatch(BATCH);
  private Side other;
  private volatile FramePort port;

  Side(Supplier<Rules> rules) {
    this.rules = rules;
  }

  static void join(Side one, Side two) {
    one.other = two;
    two.other = one;
  }

  @Override
  public void begin(FramePort own) {
    port = own;
  }

  @Override
  public void end(FramePort own) {
    port = null;
  }

  @Override
  public void handle(FrameBatch frames) {
    Rules now = rules.get();
    FramePort to = other.port;
    try {
      for (int i = 0; i < frames.count(); i++) {
        if (frames.continued(i) || i > 0 && frames.continued(i - 1)) {
          unable.increment(); // a packet of several chunks; see the README
        } else if (allowed(now, frames, i)) {
          if (to == null || !copy(frames, i, to)) {
            unable.increment();
          }
        }
      }
      if (to != null) {
        leave(to);
      }
    } catch (IllegalStateException e) {
      // The other port was closed at this moment; what is in it is gone with it.
      unable.add(out.count());
      out.clear();
    }
  }

  private boolean allowed(Rules now, FrameBatch frames, int i) {
    if (layers.parse(frames, i) != Refusal.NONE) {
      malformed.increment();
      return false;
    }
    if (layers.type() == Ethernet.ARP || discovery(frames.memory())) {
      neighbours.increment();
      return true;
    }
    if (layers.version() == 0) {
      malformed.increment();
      return false;
    }
    look(frames.memory(), frames.address(i) + frames.length(i));
    return now.allow(packet);
  }

  /** Without it nobody on the one side would find anybody on the other one. */
  private boolean discovery(MemorySegment memory) {
    return layers.version() == 6
        && layers.protocol() == ICMP6
        && !layers.fragment()
        && icmp6.wrap(memory, layers.transport(), layers.transportLength()) == Refusal.NONE
        && (icmp6.type() == NeighbourDiscovery.SOLICITATION
            || icmp6.type() == NeighbourDiscovery.ADVERTISEMENT);
  }

  private void look(MemorySegment memory, long end) {
    packet.protocol = layers.protocol();
    packet.fragment = layers.fragment();
    packet.fromPort = layers.sourcePort();
    packet.toPort = layers.destinationPort();
    packet.tcpFlags = 0;
    int length = (int) (end - layers.network());
    if (layers.version() == 4) {
      four.wrap(memory, layers.network(), length);
      packet.fromHigh = 0;
      packet.fromLow = Ip.mapped(four.source());
      packet.toHigh = 0;
      packet.toLow = Ip.mapped(four.destination());
    } else {
      six.wrap(memory, layers.network(), length);
      packet.fromHigh = six.sourceHigh();
      packet.fromLow = six.sourceLow();
      packet.toHigh = six.destinationHigh();
      packet.toLow = six.destinationLow();
    }
    if (packet.protocol == Rule.TCP
        && !packet.fragment
        && tcp.wrap(memory, layers.transport(), layers.transportLength()) == Refusal.NONE) {
      packet.tcpFlags = tcp.flags();
    }
  }

  /** The ports have memories of their own, so what goes to the other one is copied. */
  private boolean copy(FrameBatch frames, int i, FramePort to) {
    if (out.isFull()) {
      leave(to);
    }
    int length = frames.length(i);
    if (to.reserve(out, 1) == 0) {
      leave(to);
      if (to.reserve(out, 1) == 0) {
        return false;
      }
    }
    int at = out.count() - 1;
    if (length > to.frameSize()) {
      out.length(at, 0); // sent as nothing: the port takes its chunk back
      return false;
    }
    out.length(at, length);
    MemorySegment.copy(frames.memory(), frames.address(i), out.memory(), out.address(at), length);
    if ((frames.flags(i) & FrameBatch.CHECKSUM_PARTIAL) != 0) {
      finish(out.memory(), out.address(at), length);
    }
    forwarded.increment();
    return true;
  }

  /** The sender left its checksum to an interface that the packet never saw. */
  private void finish(MemorySegment memory, long at, int length) {
    if (layers.parse(memory, at, length) != Refusal.NONE || layers.fragment()) {
      return;
    }
    long transport = layers.transport();
    int size = layers.transportLength();
    boolean v4 = layers.version() == 4;
    int network = (int) (at + length - layers.network());
    if (v4 ? four.wrap(memory, layers.network(), network) != Refusal.NONE
        : six.wrap(memory, layers.network(), network) != Refusal.NONE) {
      return;
    }
    if (layers.protocol() == Rule.TCP && tcp.wrap(memory, transport, size) == Refusal.NONE) {
      if (v4) {
        tcp.fill(four);
      } else {
        tcp.fill(six);
      }
    } else if (layers.protocol() == Rule.UDP && udp.wrap(memory, transport, size) == Refusal.NONE) {
      if (v4) {
        udp.fill(four);
      } else {
        udp.fill(six);
      }
    }
  }

  private void leave(FramePort to) {
    if (out.isEmpty()) {
      return;
    }
    to.send(out);
    to.flush();
    if (!out.isEmpty()) {
      to.send(out);
      to.flush();
      forwarded.add(-out.count());
      unable.add(out.count());
      to.release(out);
    }
  }
}
