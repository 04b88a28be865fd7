// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;

/** The facts as of the last event. For one thread. */
final class Known {
  private static final long MAIN = 254;

  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<Fact.Key, Fact> rest = new LinkedHashMap<>();
  private final Map<Integer, Standing> standings = new HashMap<>();

  /** Of an address that two links have, the one that got it last. */
  private final Map<IpAddress, Integer> owners = new HashMap<>();

  @Nullable Link link(int index) {
    return links.get(index);
  }

  Collection<Link> links() {
    return List.copyOf(links.values());
  }

  void put(Fact fact) {
    if (fact instanceof Link link) {
      links.put(link.index(), link);
    } else if (matters(fact)) {
      rest.put(fact.key(), fact);
      placesOf(fact).forEach(index -> standing(index).put(fact));
      if (fact instanceof Address address) {
        owners.put(address.prefix().address(), address.link());
      }
    }
  }

  void remove(Fact fact) {
    if (fact instanceof Link link) {
      links.remove(link.index());
      standings.remove(link.index());
      return;
    }
    rest.remove(fact.key());
    placesOf(fact).forEach(index -> standing(index).remove(fact.key()));
    if (fact instanceof Address address) {
      owners.remove(address.prefix().address(), address.link());
    }
  }

  /** The links it stands on. */
  private static Stream<Integer> placesOf(Fact fact) {
    return switch (fact) {
      case Link link -> Stream.of(link.index());
      case Address address -> Stream.of(address.link());
      case Route route -> route.hops().stream().map(Route.Hop::link).distinct();
      case Rule _ -> Stream.of();
      case Neighbour neighbour -> Stream.of(neighbour.link());
      case Lease lease -> Stream.of(lease.link());
      case Management management -> Stream.of(management.link());
    };
  }

  private Standing standing(int index) {
    return standings.computeIfAbsent(index, Standing::new);
  }

  /** Links last, because the others are told by the link they are on. */
  List<Fact> all() {
    return Stream.concat(List.copyOf(rest.values()).stream(), links().stream()).toList();
  }

  static Stream<Fact> all(LinkSnapshot picture) {
    return Stream.of(
            picture.links(),
            picture.addresses(),
            picture.routes(),
            picture.rules(),
            picture.neighbours(),
            picture.leases(),
            picture.managements())
        .flatMap(List::stream)
        .map(Fact.class::cast)
        .filter(Known::matters);
  }

  private static boolean matters(Fact fact) {
    return !(fact instanceof Route route) || waysOut(route);
  }

  /** Whether it takes packets for anywhere that no other table was asked for. */
  static boolean waysOut(Route route) {
    return route.isDefault() && route.table() == MAIN && route.type().equals("unicast");
  }

  /** What managers say of a link. */
  List<Fact> saidOf(int index) {
    return standing(index).said();
  }

  /** The link that has this address. */
  Optional<Link> owner(IpAddress address) {
    return Optional.ofNullable(owners.get(address)).map(links::get);
  }

  /** Whether a link has all that a family needs. */
  boolean ready(int index, boolean six) {
    return carries(index) && standing(index).connected(six);
  }

  /** Whether a link has all of this. */
  boolean ready(int index, Set<Need> needs) {
    return carries(index) && needs.stream().allMatch(standing(index)::has);
  }

  private boolean carries(int index) {
    Link link = links.get(index);
    return link != null && link.up() && link.carrier();
  }
}
