// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * The picture at one moment.
 *
 * @param number of the last event that is in it; the next event has the next number
 * @param links by index
 * @param addresses by link and address
 * @param routes by table and destination
 * @param rules by family and priority
 * @param neighbours gateways, by link and address
 * @param leases by link and family
 * @param managements by link and manager; first those of the host as a whole
 */
public record LinkSnapshot(
    long number,
    Instant time,
    List<Link> links,
    List<Address> addresses,
    List<Route> routes,
    List<Rule> rules,
    List<Neighbour> neighbours,
    List<Lease> leases,
    List<Management> managements,
    List<SourceState> sources) {

  public LinkSnapshot {
    links = List.copyOf(links);
    addresses = List.copyOf(addresses);
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
    neighbours = List.copyOf(neighbours);
    leases = List.copyOf(leases);
    managements = List.copyOf(managements);
    sources = List.copyOf(sources);
  }

  public Optional<Link> link(int index) {
    return links.stream().filter(link -> link.index() == index).findFirst();
  }

  /** By its name or one of its alternative names. */
  public Optional<Link> link(String name) {
    return links.stream()
        .filter(link -> link.name().equals(name))
        .findFirst()
        .or(
            () ->
                links.stream().filter(link -> link.alternativeNames().contains(name)).findFirst());
  }

  public List<Address> addresses(Link on) {
    return addresses.stream().filter(address -> address.link() == on.index()).toList();
  }
}
