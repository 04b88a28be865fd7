// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Route;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkAttributes;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkStructures;

/** Reads a {@link Route} out of RTM_NEWROUTE and RTM_DELROUTE. */
final class RouteDecoder {
  private static final int RTA_DST = 1;
  private static final int RTA_OIF = 4;
  private static final int RTA_GATEWAY = 5;
  private static final int RTA_PRIORITY = 6;
  private static final int RTA_PREFSRC = 7;
  private static final int RTA_MULTIPATH = 9;
  private static final int RTA_TABLE = 15;
  private static final int RTA_VIA = 18;

  private static final int NEXT_HOP_HEADER = 8;
  private static final int FLAG_CLONED = 0x200;

  private final int family;
  private long table;
  private long metric;
  private @Nullable IpAddress destination;
  private @Nullable IpAddress source;
  private @Nullable IpAddress gateway;
  private int link;
  private final List<Route.Hop> hops = new ArrayList<>();

  private RouteDecoder(int family, long table) {
    this.family = family;
    this.table = table;
  }

  /**
   * @return null when it is no way for packets of others: what is local, broadcast or multicast, or
   *     what the kernel cached
   */
  static @Nullable Route decode(NetlinkMessage message) throws MalformedMessageException {
    int family = message.u8(0);
    String type = type(message.u8(7));
    boolean ip = family == Rtnetlink.INET || family == Rtnetlink.INET6;
    if (!ip || type == null || (message.s32(8) & FLAG_CLONED) != 0) {
      return null;
    }
    RouteDecoder decoder = new RouteDecoder(family, message.u8(4));
    NetlinkAttributes attributes = message.attributes(Rtnetlink.ROUTE_HEADER);
    while (attributes.next()) {
      decoder.take(attributes);
    }
    return decoder.route(message, type);
  }

  private void take(NetlinkAttributes a) throws MalformedMessageException {
    switch (a.type()) {
      case RTA_DST -> destination = Ips.address(family, a);
      case RTA_OIF -> link = a.s32();
      case RTA_GATEWAY -> gateway = Ips.address(family, a);
      case RTA_VIA -> gateway = Ips.via(a);
      case RTA_PRIORITY -> metric = a.u32();
      case RTA_PREFSRC -> source = Ips.address(family, a);
      case RTA_TABLE -> table = a.u32();
      case RTA_MULTIPATH -> {
        NetlinkStructures each = a.structures();
        while (each.next(NEXT_HOP_HEADER)) {
          hops.add(hop(each));
        }
      }
      default -> {}
    }
  }

  private Route.Hop hop(NetlinkStructures at) throws MalformedMessageException {
    IpAddress to = null;
    NetlinkAttributes a = at.attributes(NEXT_HOP_HEADER);
    while (a.next()) {
      switch (a.type()) {
        case RTA_GATEWAY -> to = Ips.address(family, a);
        case RTA_VIA -> to = Ips.via(a);
        default -> {}
      }
    }
    return new Route.Hop(at.s32(4), to, at.u8(3) + 1);
  }

  private Route route(NetlinkMessage message, String type) throws MalformedMessageException {
    if (hops.isEmpty() && link != 0) {
      hops.add(new Route.Hop(link, gateway, 1));
    }
    IpAddress to = destination != null ? destination : IpAddress.any(family == Rtnetlink.INET6);
    return new Route(
        Ips.prefix(to, message.u8(1)),
        table,
        message.u8(5),
        Ips.scope(message.u8(6)),
        type,
        metric,
        message.u8(3),
        source,
        hops);
  }

  private static @Nullable String type(int number) {
    return switch (number) {
      case 1 -> "unicast";
      case 6 -> "blackhole";
      case 7 -> "unreachable";
      case 8 -> "prohibit";
      case 9 -> "throw";
      default -> null;
    };
  }
}
