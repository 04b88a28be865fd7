// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
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

  static RouteRow of(Route route, Names names) {
    return new RouteRow(
        destination(route),
        route.hops().stream().map(hop -> hop(hop, route.hops().size() > 1, names)).toList(),
        route.type(),
        table(route.table()),
        route.metric(),
        protocol(route.protocol()),
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

  private static String table(long number) {
    return switch ((int) Math.min(number, 256)) {
      case 253 -> "default";
      case 254 -> "main";
      case 255 -> "local";
      default -> Long.toString(number);
    };
  }

  /** The names of {@code /etc/iproute2/rt_protos} that everybody has. */
  private static String protocol(int number) {
    return switch (number) {
      case 1 -> "redirect";
      case 2 -> "kernel";
      case 3 -> "boot";
      case 4 -> "static";
      case 9 -> "ra";
      case 16 -> "dhcp";
      case 186 -> "bgp";
      case 187 -> "isis";
      case 188 -> "ospf";
      case 189 -> "rip";
      case 192 -> "eigrp";
      default -> Integer.toString(number);
    };
  }
}
