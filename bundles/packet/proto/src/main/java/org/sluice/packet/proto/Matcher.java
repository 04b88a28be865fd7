// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Match.AnyOf;
import org.sluice.packet.api.Match.Destination;
import org.sluice.packet.api.Match.EtherType;
import org.sluice.packet.api.Match.Everything;
import org.sluice.packet.api.Match.Transport;

/**
 * What a {@link Match} means, byte by byte. A compiler of matches, for eBPF or another machine, is
 * right when it agrees with this on every frame.
 *
 * <p>A frame is looked at as it lies there. A VLAN tag that the kernel took off and keeps beside
 * the frame is not seen. Of a packet of several frames only the first is looked at, so no length is
 * compared with the end of the frame: only the headers must be in it. Checksums, options of IPv4
 * and the lengths of UDP and TCP are not looked at.
 *
 * <p><b>Tags.</b> Behind the addresses, as long as the type is 0x8100 or 0x88a8, four bytes are
 * skipped, at most twice. The type that stands there then is what {@link EtherType} compares: a
 * third tag is no tag but the type 0x8100. A frame shorter than 14 bytes, or one that ends within a
 * tag, has no type and matches {@link Everything} alone.
 *
 * <p><b>IPv4</b> is behind the type 0x0800, if 20 bytes are there, the version is 4, the header
 * length (IHL) is at least 5, the whole header with its options is in the frame, and the total
 * length is not less than the header length. Otherwise the packet contradicts itself, and neither
 * {@link Transport} nor {@link Destination} match.
 *
 * <p><b>IPv6</b> is behind the type 0x86dd, if 40 bytes are there and the version is 6. That is
 * enough for {@link Destination} without a port. An address of IPv4 never matches a packet of IPv6,
 * not even one to the mapped address. For everything else extension headers are looked through:
 * hop-by-hop options (0), routing (43), fragment (44), authentication (51) and destination options
 * (60), in any order, at most {@link Match#EXTENSIONS}. Each must have 8 bytes, and as many as it
 * says it has, both in the frame and within the payload length of the first header. Then comes the
 * protocol. When a fifth extension header follows, or one has no room, the protocol is unknown and
 * no {@link Transport} matches. So the numbers 0, 43, 44, 51 and 60 never match as protocols of
 * IPv6. Everything else is a protocol, also 50 (ESP), 59 (nothing), 135 and 139. A jumbogram says
 * that its payload length is 0, so it has no room for its extension header.
 *
 * <p><b>Fragments.</b> A packet of IPv4 whose "more fragments" is set or whose offset is not 0, and
 * one of IPv6 with a fragment header of which the same holds, is a fragment, be it the first or a
 * later one. It matches no {@link Transport} and no {@link Destination} with a port. Without a port
 * it matches as others do; in IPv6 nothing behind the fragment header is looked at, and the
 * protocol is what the fragment header names, unknown when that is an extension header. A fragment
 * header of a packet that is whole is an extension header like others.
 *
 * <p><b>Ports.</b> The whole fixed header, 8 bytes of UDP and 20 of TCP, must be in the frame and
 * within the length that IP tells: total length less header length, or payload length less
 * extension headers. A packet that has the port in its last two bytes does not match. {@link
 * Destination} with a port matches UDP only.
 *
 * <p>Not safe for several threads at once.
 */
public final class Matcher {
  private static final int UNKNOWN = -1;

  private final boolean everything;
  private final int[] types;
  private final int[] protocols;
  private final int[] ports;
  private final long[] highs;
  private final long[] lows;
  private final int[] groupPorts;
  private final Match match;

  private int version;
  private int protocol;
  private int port;
  private long high;
  private long low;

  private Matcher(Match match) {
    this.match = match;
    List<Match> all = match instanceof AnyOf(List<Match> matches) ? flat(matches) : List.of(match);
    everything = all.stream().anyMatch(Everything.class::isInstance);
    List<EtherType> types = only(EtherType.class, all);
    List<Transport> transports = only(Transport.class, all);
    List<Destination> destinations = only(Destination.class, all);
    this.types = types.stream().mapToInt(EtherType::type).toArray();
    protocols = transports.stream().mapToInt(Transport::protocol).toArray();
    ports = transports.stream().mapToInt(Transport::port).toArray();
    highs = destinations.stream().mapToLong(one -> Ip.high(one.address())).toArray();
    lows = destinations.stream().mapToLong(one -> Ip.low(one.address())).toArray();
    groupPorts = destinations.stream().mapToInt(Destination::port).toArray();
  }

  /** Makes what tells whether frames match. */
  public static Matcher of(Match match) {
    return new Matcher(match);
  }

  private static List<Match> flat(List<Match> matches) {
    List<Match> all = new ArrayList<>();
    for (Match one : matches) {
      if (one instanceof AnyOf(List<Match> inner)) {
        all.addAll(flat(inner));
      } else {
        all.add(one);
      }
    }
    return all;
  }

  private static <M> List<M> only(Class<M> kind, List<Match> all) {
    return all.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** What it matches. */
  public Match match() {
    return match;
  }

  /** Whether a frame of a batch matches. */
  public boolean matches(FrameBatch frames, int index) {
    return matches(frames.memory(), frames.address(index), frames.length(index));
  }

  /** Whether the frame that lies there matches. */
  public boolean matches(MemorySegment memory, long address, int length) {
    if (everything) {
      return true;
    }
    if (length < Ethernet.SIZE) {
      return false;
    }
    int offset = Ethernet.SIZE;
    int type = Wire.u16(memory, address + 12);
    for (int tags = 0; tags < 2 && VlanTag.announced(type); tags++) {
      if (length - offset < VlanTag.SIZE) {
        return false;
      }
      type = Wire.u16(memory, address + offset + 2);
      offset += VlanTag.SIZE;
    }
    for (int wanted : types) {
      if (wanted == type) {
        return true;
      }
    }
    version = 0;
    protocol = UNKNOWN;
    port = UNKNOWN;
    if (type == Ethernet.IPV4) {
      four(memory, address + offset, length - offset);
    } else if (type == Ethernet.IPV6) {
      six(memory, address + offset, length - offset);
    }
    return version != 0 && (transport() || destination());
  }

  private boolean transport() {
    for (int i = 0; i < protocols.length; i++) {
      if (protocols[i] == protocol && (ports[i] == 0 || ports[i] == port)) {
        return true;
      }
    }
    return false;
  }

  private boolean destination() {
    for (int i = 0; i < lows.length; i++) {
      if (lows[i] == low
          && highs[i] == high
          && Ip.four(highs[i], lows[i]) == (version == 4)
          && (groupPorts[i] == 0 || (protocol == Match.UDP && groupPorts[i] == port))) {
        return true;
      }
    }
    return false;
  }

  private void four(MemorySegment memory, long at, int length) {
    if (length < Ipv4.SIZE || Wire.u8(memory, at) >>> 4 != 4) {
      return;
    }
    int header = 4 * (Wire.u8(memory, at) & 0xf);
    int total = Wire.u16(memory, at + 2);
    if (header < Ipv4.SIZE || header > length || header > total) {
      return;
    }
    version = 4;
    high = 0;
    low = Ip.mapped(Wire.u32(memory, at + 16));
    protocol = Wire.u8(memory, at + 9);
    if ((Wire.u16(memory, at + 6) & 0x3fff) == 0) {
      port(memory, at + header, Math.min(length, total) - header);
    }
  }

  private void six(MemorySegment memory, long at, int length) {
    if (length < Ipv6.SIZE || Wire.u8(memory, at) >>> 4 != 6) {
      return;
    }
    version = 6;
    high = Wire.u64(memory, at + 24);
    low = Wire.u64(memory, at + 32);
    int end = Math.min(length, Ipv6.SIZE + Wire.u16(memory, at + 4));
    int next = Wire.u8(memory, at + 6);
    int offset = Ipv6.SIZE;
    boolean fragment = false;
    for (int i = 0; i < Match.EXTENSIONS && !fragment && Ipv6.extension(next); i++) {
      if (end - offset < 8) {
        return;
      }
      int size = Ipv6.extensionLength(next, Wire.u8(memory, at + offset + 1));
      if (end - offset < size) {
        return;
      }
      fragment = next == Ipv6.FRAGMENT && (Wire.u16(memory, at + offset + 2) & 0xfff9) != 0;
      next = Wire.u8(memory, at + offset);
      offset += size;
    }
    if (Ipv6.extension(next)) {
      return;
    }
    protocol = next;
    if (!fragment) {
      port(memory, at + offset, end - offset);
    }
  }

  private void port(MemorySegment memory, long at, int length) {
    int least =
        switch (protocol) {
          case Match.UDP -> Udp.SIZE;
          case Match.TCP -> Tcp.SIZE;
          default -> Integer.MAX_VALUE;
        };
    if (length >= least) {
      port = Wire.u16(memory, at + 2);
    }
  }

  @Override
  public String toString() {
    return match.toString();
  }
}
