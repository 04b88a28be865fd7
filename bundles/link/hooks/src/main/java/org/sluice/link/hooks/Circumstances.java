// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import org.sluice.link.api.Address;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

/**
 * What is known of a link at the moment a hook runs.
 *
 * @param link as the event has it
 * @param state what can be done with it now
 * @param addresses usable ones
 * @param gateways of default routes of the main table by way of it, IPv4 first
 * @param nameServers that leases or managers name for it, each once
 * @param domains likewise
 */
record Circumstances(
    Link link,
    String state,
    List<IpPrefix> addresses,
    List<IpAddress> gateways,
    List<Route> routes,
    List<String> nameServers,
    List<String> domains,
    List<Lease> leases,
    List<Management> managements) {
  private static final long MAIN = 254;

  static Circumstances of(Occasion occasion, LinkSnapshot picture) {
    Link link = occasion.link();
    int index = link.index();
    List<IpPrefix> addresses = usable(link, picture);
    List<Route> routes =
        picture.routes().stream()
            .filter(route -> route.table() == MAIN && route.uses(index))
            .toList();
    List<IpAddress> gateways = new ArrayList<>();
    for (boolean six : new boolean[] {false, true}) {
      for (Route route : routes) {
        if (route.isDefault() && route.destination().address().six() == six) {
          route.hops().stream()
              .filter(hop -> hop.link() == index && hop.gateway() != null)
              .forEach(hop -> gateways.add(hop.gateway()));
        }
      }
    }
    List<Lease> leases = picture.leases().stream().filter(l -> l.link() == index).toList();
    List<Management> managements =
        picture.managements().stream().filter(m -> m.link() == index).toList();
    LinkedHashSet<String> servers = new LinkedHashSet<>();
    LinkedHashSet<String> domains = new LinkedHashSet<>();
    for (Management management : managements) {
      management.nameServers().forEach(server -> servers.add(server.toString()));
      management.domains().forEach(domain -> domains.add(Printable.of(domain)));
    }
    for (Lease lease : leases) {
      lease.nameServers().forEach(server -> servers.add(server.toString()));
      lease.domains().forEach(domain -> domains.add(Printable.of(domain)));
    }
    Optional<Link> now = picture.link(index);
    String state =
        index == 0
            ? ""
            : now.map(l -> OperationalState.of(l, addresses)).orElse(OperationalState.MISSING);
    return new Circumstances(
        link,
        state,
        addresses,
        List.copyOf(gateways),
        routes,
        List.copyOf(servers),
        List.copyOf(domains),
        leases,
        managements);
  }

  /** Those packets can be sent from now, and that others can know of. */
  static List<IpPrefix> usable(Link link, LinkSnapshot picture) {
    return picture.addresses(link).stream()
        .filter(Address::usable)
        .filter(address -> address.scope() != Scope.NOWHERE)
        .map(Address::prefix)
        .toList();
  }

  List<IpPrefix> addresses(boolean six) {
    return addresses.stream().filter(address -> address.address().six() == six).toList();
  }

  /** Those that others than the neighbours can reach. */
  List<IpPrefix> farAddresses() {
    return addresses.stream().filter(OperationalState::reachesFar).toList();
  }

  Optional<IpAddress> gateway(boolean six) {
    return gateways.stream().filter(gateway -> gateway.six() == six).findFirst();
  }

  Optional<Lease> lease(boolean six) {
    return leases.stream().filter(lease -> lease.six() == six).findFirst();
  }
}
