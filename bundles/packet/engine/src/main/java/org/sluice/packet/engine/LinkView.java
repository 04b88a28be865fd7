// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Route;
import org.sluice.packet.proto.NeighbourTable;
import org.sluice.packet.proto.Prefix;

/**
 * What datagrams need to know of a link.
 *
 * @param mac 0 when it has none of six bytes
 * @param addresses that can be used; those first from which datagrams leave when nobody says
 * @param routes of the main table that go by this link, the best of equals first
 */
record LinkView(
    int index,
    String name,
    long mac,
    int mtu,
    List<Prefix> addresses,
    List<NeighbourTable.Route> routes) {
  private static final long MAIN = 254;
  private static final int MAC = 6;

  LinkView {
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
  }

  /** By the name of the link, or one of its other names. */
  static Optional<LinkView> named(LinkSnapshot picture, String name) {
    return picture.link(name).map(link -> of(picture, link));
  }

  static Optional<LinkView> numbered(LinkSnapshot picture, int index) {
    return picture.link(index).map(link -> of(picture, link));
  }

  /** The links that have this address. */
  static List<LinkView> having(LinkSnapshot picture, InetAddress address) {
    return picture.addresses().stream()
        .filter(one -> one.prefix().address().toInetAddress().equals(address))
        .map(Address::link)
        .distinct()
        .flatMap(index -> picture.link(index).stream())
        .map(link -> of(picture, link))
        .toList();
  }

  private static LinkView of(LinkSnapshot picture, Link link) {
    List<Prefix> addresses =
        picture.addresses(link).stream()
            .filter(Address::usable)
            .sorted(Comparator.comparingInt(LinkView::rank))
            .map(one -> prefix(one.prefix().address().toInetAddress(), one.prefix().length()))
            .toList();
    List<NeighbourTable.Route> routes = new ArrayList<>();
    picture.routes().stream()
        .filter(route -> route.table() == MAIN && route.type().equals("unicast"))
        .sorted(Comparator.comparingLong(Route::metric))
        .forEach(
            route ->
                route.hops().stream()
                    .filter(hop -> hop.link() == link.index())
                    .findFirst()
                    .flatMap(hop -> route(route, hop))
                    .ifPresent(routes::add));
    return new LinkView(link.index(), link.name(), mac(link.mac()), link.mtu(), addresses, routes);
  }

  /** A gateway of the other family (RFC 5549) is none that is known here; the kernel helps out. */
  private static Optional<NeighbourTable.Route> route(Route route, Route.Hop hop) {
    Prefix to = prefix(route.destination().address().toInetAddress(), route.destination().length());
    if (hop.gateway() == null) {
      return Optional.of(new NeighbourTable.Route(to, Optional.empty()));
    }
    return hop.gateway().six() == route.destination().address().six()
        ? Optional.of(new NeighbourTable.Route(to, Optional.of(hop.gateway().toInetAddress())))
        : Optional.empty();
  }

  /** The first of its network comes first, one that is on its way out last. */
  private static int rank(Address address) {
    return (address.flags().contains(AddressFlag.DEPRECATED) ? 2 : 0)
        + (address.flags().contains(AddressFlag.SECONDARY) ? 1 : 0);
  }

  private static Prefix prefix(InetAddress address, int length) {
    return Prefix.of(address, length);
  }

  private static long mac(String text) {
    byte[] bytes = text.isEmpty() ? new byte[0] : HexFormat.ofDelimiter(":").parseHex(text);
    long mac = 0;
    for (byte b : bytes) {
      mac = (mac << 8) | (b & 0xff);
    }
    return bytes.length == MAC ? mac : 0;
  }
}
