// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Route;

/**
 * A route in one line.
 *
 * @param destination the network, or {@code default} with its family
 * @param hops {@code via 10.0.0.1 dev eth0}, several for multipath
 */
record RouteRow(
    String destination,
    List<String> hops,
    String type,
    String table,
    long metric,
    String protocol,
    @Nullable IpAddress source) {

  static List<RouteRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.routes().stream().map(route -> of(route, names)).toList();
  }

  static RouteRow of(Route route, Names names) {
    return new RouteRow(
        destination(route),
        route.hops().stream().map(hop -> hop(hop, route.hops().size() > 1, names)).toList(),
        route.type(),
        Numbers.table(route.table()),
        route.metric(),
        Numbers.protocol(route.protocol()),
        route.source());
  }

  static String destination(Route route) {
    return route.destination().toString();
  }

  private static String hop(Route.Hop hop, boolean several, Names names) {
    IpAddress gateway = hop.gateway();
    return (gateway == null ? "" : "via " + gateway + " ")
        + "dev "
        + names.of(hop.link())
        + (several ? " weight " + hop.weight() : "");
  }
}
