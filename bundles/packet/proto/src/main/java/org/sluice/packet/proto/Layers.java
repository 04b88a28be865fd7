// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;

/**
 * Where the layers of a frame are. A frame is walked once; nothing is allocated. Addresses are
 * places in the memory that was walked, 0 for what there is not.
 *
 * <p>When a frame is refused, what was found before stays: an Ethernet header that a damaged IP
 * packet follows is still told. Checksums are not looked at.
 */
public final class Layers {
  private static final int MOST_TAGS = 2;

  private final Ethernet ethernet = new Ethernet();
  private final Ipv4 four = new Ipv4();
  private final Ipv6 six = new Ipv6();
  private final Udp udp = new Udp();
  private final Tcp tcp = new Tcp();
  private long start;
  private int tags;
  private int outerTag;
  private int innerTag;
  private int type;
  private int version;
  private int protocol;
  private boolean fragment;
  private long network;
  private long transport;
  private int transportLength;
  private long payload;
  private int payloadLength;
  private int sourcePort;
  private int destinationPort;

  /** Walks through a frame of a batch; one that goes on in the next frame is cut off. */
  public Refusal parse(FrameBatch frames, int index) {
    return parse(frames.memory(), frames.address(index), frames.length(index));
  }

  /** Walks through the frame that lies there. */
  public Refusal parse(MemorySegment memory, long address, int length) {
    start = address;
    tags = 0;
    type = 0;
    version = 0;
    protocol = -1;
    fragment = false;
    network = 0;
    transport = 0;
    transportLength = 0;
    payload = 0;
    payloadLength = 0;
    sourcePort = 0;
    destinationPort = 0;
    Refusal refusal = ethernet.wrap(memory, address, length);
    if (refusal != Refusal.NONE) {
      return refusal;
    }
    int offset = Ethernet.SIZE;
    int next = ethernet.type();
    while (VlanTag.announced(next) && tags < MOST_TAGS) {
      if (length - offset < VlanTag.SIZE) {
        return Refusal.TRUNCATED;
      }
      int tag = Wire.u16(memory, address + offset);
      if (tags++ == 0) {
        outerTag = tag;
      } else {
        innerTag = tag;
      }
      next = Wire.u16(memory, address + offset + 2);
      offset += VlanTag.SIZE;
    }
    type = next;
    network = address + offset;
    payload = network;
    payloadLength = length - offset;
    return switch (type) {
      case Ethernet.IPV4 -> four(memory, network, length - offset);
      case Ethernet.IPV6 -> six(memory, network, length - offset);
      default -> Refusal.NONE;
    };
  }

  private Refusal four(MemorySegment memory, long at, int length) {
    Refusal refusal = four.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      return refusal;
    }
    version = 4;
    protocol = four.protocol();
    fragment = four.fragment();
    return transport(memory, four.payload(), four.payloadLength());
  }

  private Refusal six(MemorySegment memory, long at, int length) {
    Refusal refusal = six.wrap(memory, at, length);
    if (refusal != Refusal.NONE) {
      return refusal;
    }
    version = 6;
    protocol = six.protocol();
    fragment = six.fragment();
    return transport(memory, six.payload(), six.payloadLength());
  }

  private Refusal transport(MemorySegment memory, long at, int length) {
    transport = at;
    transportLength = length;
    payload = at;
    payloadLength = length;
    if (fragment) {
      return Refusal.NONE;
    }
    if (protocol == 17) {
      Refusal refusal = udp.wrap(memory, at, length);
      if (refusal == Refusal.NONE) {
        sourcePort = udp.sourcePort();
        destinationPort = udp.destinationPort();
        payload = udp.payload();
        payloadLength = udp.payloadLength();
      }
      return refusal;
    }
    if (protocol == 6) {
      Refusal refusal = tcp.wrap(memory, at, length);
      if (refusal == Refusal.NONE) {
        sourcePort = tcp.sourcePort();
        destinationPort = tcp.destinationPort();
        payload = tcp.payload();
        payloadLength = tcp.payloadLength();
      }
      return refusal;
    }
    return Refusal.NONE;
  }

  /** Where the frame begins. */
  public long link() {
    return start;
  }

  /** How many VLAN tags were walked through, 0 to 2. */
  public int tags() {
    return tags;
  }

  /** The number of the virtual network in the outer tag; -1 without one. */
  public int outerVlan() {
    return tags > 0 ? outerTag & 0xfff : -1;
  }

  /** The number of the virtual network in the inner of two tags; -1 without one. */
  public int innerVlan() {
    return tags > 1 ? innerTag & 0xfff : -1;
  }

  /** The type of what follows Ethernet and tags. */
  public int type() {
    return type;
  }

  /** 4 or 6 when a sound packet of IP is there, else 0. */
  public int version() {
    return version;
  }

  /** Where the layer behind Ethernet and tags begins. */
  public long network() {
    return network;
  }

  /** The protocol of IP, behind extension headers; -1 without IP. */
  public int protocol() {
    return protocol;
  }

  /** Whether the packet of IP is only a part; the ports are not told then. */
  public boolean fragment() {
    return fragment;
  }

  /** Where the layer behind IP begins. */
  public long transport() {
    return transport;
  }

  /** How many bytes the packet of IP has from {@link #transport} on. */
  public int transportLength() {
    return transportLength;
  }

  /** Of UDP and TCP; 0 for others. */
  public int sourcePort() {
    return sourcePort;
  }

  /** Of UDP and TCP; 0 for others. */
  public int destinationPort() {
    return destinationPort;
  }

  /** What is behind the innermost header that was understood. */
  public long payload() {
    return payload;
  }

  public int payloadLength() {
    return payloadLength;
  }
}
