// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Route;

/** The facts as of the last event. For one thread. */
final class Known {
  private static final long MAIN = 254;

  private final Map<Integer, Link> links = new HashMap<>();
  private final Map<Fact.Key, Fact> rest = new LinkedHashMap<>();

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
    }
  }

  void remove(Fact fact) {
    if (fact instanceof Link link) {
      links.remove(link.index());
    } else {
      rest.remove(fact.key());
    }
  }

  /** Links last, because the others are told by the link they are on. */
  List<Fact> all() {
    return Stream.concat(List.copyOf(rest.values()).stream(), links().stream()).toList();
  }

  static Stream<Fact> all(LinkSnapshot picture) {
    return Stream.of(picture.links(), picture.addresses(), picture.routes())
        .flatMap(List::stream)
        .map(Fact.class::cast)
        .filter(fact -> fact instanceof Link || matters(fact));
  }

  private static boolean matters(Fact fact) {
    return fact instanceof Address || (fact instanceof Route route && waysOut(route));
  }

  /** Whether it takes packets for anywhere that no other table was asked for. */
  static boolean waysOut(Route route) {
    return route.isDefault() && route.table() == MAIN && route.type().equals("unicast");
  }

  /** Whether a link has all that a family needs. */
  boolean ready(int index, boolean six) {
    Link link = links.get(index);
    return link != null
        && link.up()
        && link.carrier()
        && rest.values().stream().anyMatch(fact -> reachable(fact, index, six))
        && rest.values().stream().anyMatch(fact -> leads(fact, index, six));
  }

  private static boolean reachable(Fact fact, int index, boolean six) {
    return fact instanceof Address address
        && address.link() == index
        && address.prefix().address().six() == six
        && address.usable()
        && !address.prefix().address().linkLocal()
        && !address.prefix().address().loopback();
  }

  private static boolean leads(Fact fact, int index, boolean six) {
    return fact instanceof Route route
        && route.uses(index)
        && route.destination().address().six() == six;
  }
}
