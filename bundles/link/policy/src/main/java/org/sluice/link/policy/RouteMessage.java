// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkBuilder;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkStructures;

/** Routes as the kernel writes and reads them: RTM_NEWROUTE, RTM_DELROUTE, RTM_GETROUTE. */
final class RouteMessage {
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_VIA = 18;

  private static final int SCOPE_UNIVERSE = 0;
  private static final int SCOPE_LINK = 253;

  /** In a request to delete: whatever the scope is. */
  private static final int SCOPE_ANY = 255;

  private static final int HOP_HEADER = 8;
  private static final int FLAG_ONLINK = 4;
  private static final int FLAG_CLONED = 0x200;

  private RouteMessage() {}

  /**
   * @return null when it is not a route of IPv4 or IPv6, or only a cached answer
   */
  static @Nullable KernelRoute decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    int flags = message.s32(8);
    if ((family != Rtnetlink.INET && family != Rtnetlink.INET6) || (flags & FLAG_CLONED) != 0) {
      return null;
    }
    boolean six = family == Rtnetlink.INET6;
    IpAddress destination = IpAddress.any(six);
    long table = message.u8(4);
    long metric = 0;
    int link = 0;
    IpAddress gateway = null;
    List<KernelRoute.Hop> hops = new ArrayList<>();
    NetlinkAttributes a = message.attributes(Rtnetlink.HEADER);
    while (a.next()) {
      switch (a.type()) {
        case RTA_DST -> destination = address(six, a);
        case RTA_OIF -> link = a.s32();
        case RTA_GATEWAY -> gateway = address(six, a);
        case RTA_VIA -> gateway = via(a);
        case RTA_PRIORITY -> metric = a.u32();
        case RTA_TABLE -> table = a.u32();
        case RTA_MULTIPATH -> {
          NetlinkStructures each = a.structures();
          while (each.next(HOP_HEADER)) {
            hops.add(hop(six, each));
          }
        }
        default -> {}
      }
    }
    if (hops.isEmpty() && link != 0) {
      hops.add(new KernelRoute.Hop(link, gateway, (flags & FLAG_ONLINK) != 0));
    }
    return new KernelRoute(
        table, message.u8(5), message.u8(7), prefix(destination, message.u8(1)), metric, hops);
  }

  private static KernelRoute.Hop hop(boolean six, NetlinkStructures at)
      throws MalformedMessageException {
    IpAddress gateway = null;
    NetlinkAttributes a = at.attributes(HOP_HEADER);
    while (a.next()) {
      switch (a.type()) {
        case RTA_GATEWAY -> gateway = address(six, a);
        case RTA_VIA -> gateway = via(a);
        default -> {}
      }
    }
    return new KernelRoute.Hop(at.s32(4), gateway, (at.u8(2) & FLAG_ONLINK) != 0);
  }

  static IpAddress address(boolean six, NetlinkAttributes at) throws MalformedMessageException {
    byte[] bytes = at.bytes();
    if (bytes.length != (six ? 16 : 4)) {
      throw new MalformedMessageException(
          "address in attribute " + at.type() + ": has " + bytes.length + " bytes");
    }
    return IpAddress.of(bytes);
  }

  private static IpAddress via(NetlinkAttributes at) throws MalformedMessageException {
    byte[] bytes = at.bytes();
    if (bytes.length != 6 && bytes.length != 18) {
      throw new MalformedMessageException(
          "gateway of another family: has " + bytes.length + " bytes, not 6 or 18");
    }
    return IpAddress.of(Arrays.copyOfRange(bytes, 2, bytes.length));
  }

  static IpPrefix prefix(IpAddress address, int length) throws MalformedMessageException {
    if (length > address.bits()) {
      throw new MalformedMessageException(address + "/" + length + ": the prefix is too long");
    }
    return new IpPrefix(address, length);
  }

  /** Asks for the unicast routes by a link. */
  static void writeQuestionByLink(NetlinkBuilder to, boolean six, int link) {
    question(to, six, 0, OwnedRoute.Type.UNICAST.number());
    to.attributeU32(RTA_OIF, link);
  }

  /** Asks for the routes of a table. */
  static void writeQuestionByTable(NetlinkBuilder to, boolean six, long table) {
    question(to, six, 0, 0);
    to.attributeU32(RTA_TABLE, table);
  }

  /** Asks for the routes somebody made. */
  static void writeQuestionByProtocol(NetlinkBuilder to, boolean six, int protocol) {
    question(to, six, protocol, 0);
  }

  private static void question(NetlinkBuilder to, boolean six, int protocol, int type) {
    to.u8(Rtnetlink.family(six)).u8(0).u8(0).u8(0).u8(0).u8(protocol).u8(0).u8(type).u32(0);
  }

  static void writeNew(NetlinkBuilder to, OwnedRoute route, int protocol) {
    boolean direct = route.type() == OwnedRoute.Type.UNICAST && route.gateway() == null;
    write(to, route, protocol, direct ? SCOPE_LINK : SCOPE_UNIVERSE);
  }

  static void writeDelete(NetlinkBuilder to, OwnedRoute route, int protocol) {
    write(to, route, protocol, SCOPE_ANY);
  }

  private static void write(NetlinkBuilder to, OwnedRoute route, int protocol, int scope) {
    to.u8(Rtnetlink.family(route.six())).u8(route.destination().length()).u8(0).u8(0);
    to.u8(headerTable(route.table())).u8(protocol).u8(scope).u8(route.type().number());
    to.u32(route.onLink() ? FLAG_ONLINK : 0);
    to.attributeU32(RTA_TABLE, route.table());
    if (!route.isDefault()) {
      to.attribute(RTA_DST, route.destination().address().bytes());
    }
    if (route.metric() != 0) {
      to.attributeU32(RTA_PRIORITY, route.metric());
    }
    if (route.link() != 0) {
      to.attributeU32(RTA_OIF, route.link());
    }
    IpAddress gateway = route.gateway();
    if (gateway != null && gateway.six() == route.six()) {
      to.attribute(RTA_GATEWAY, gateway.bytes());
    } else if (gateway != null) {
      to.attribute(RTA_VIA, otherFamily(gateway));
    }
  }

  private static byte[] otherFamily(IpAddress gateway) {
    byte[] address = gateway.bytes();
    return java.nio.ByteBuffer.allocate(2 + address.length)
        .order(java.nio.ByteOrder.nativeOrder())
        .putShort((short) Rtnetlink.family(gateway.six()))
        .put(address)
        .array();
  }

  static int headerTable(long table) {
    return table < 256 ? (int) table : Rtnetlink.TABLE_ELSEWHERE;
  }
}
