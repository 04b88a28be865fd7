// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.sluice.link.api.Address;
import org.sluice.link.api.Fact;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;

/**
 * What stands on one link, kept so that whether it is ready is found out without going through all
 * its addresses: there may be thousands, and each change asks.
 */
final class Standing {
  private final int index;
  private final Set<Fact.Key> reachable4 = new HashSet<>();
  private final Set<Fact.Key> reachable6 = new HashSet<>();
  private final Map<Fact.Key, Route> waysOut = new HashMap<>();
  private final Map<Fact.Key, Neighbour> neighbours = new HashMap<>();
  private final Map<Fact.Key, Lease> leases = new HashMap<>();
  private final Map<Fact.Key, Management> managements = new HashMap<>();

  Standing(int index) {
    this.index = index;
  }

  void put(Fact fact) {
    switch (fact) {
      case Address address -> {
        Set<Fact.Key> reachable = address.prefix().address().six() ? reachable6 : reachable4;
        if (reachable(address)) {
          reachable.add(address.key());
        } else {
          reachable.remove(address.key());
        }
      }
      case Route route -> waysOut.put(route.key(), route);
      case Neighbour neighbour -> neighbours.put(neighbour.key(), neighbour);
      case Lease lease -> leases.put(lease.key(), lease);
      case Management management -> managements.put(management.key(), management);
      default -> {
        // Rules stand on no link, and links on nothing.
      }
    }
  }

  void remove(Fact.Key key) {
    reachable4.remove(key);
    reachable6.remove(key);
    waysOut.remove(key);
    neighbours.remove(key);
    leases.remove(key);
    managements.remove(key);
  }

  /** What managers say. */
  List<Fact> said() {
    return Stream.<Fact>concat(leases.values().stream(), managements.values().stream()).toList();
  }

  private static boolean reachable(Address address) {
    IpAddress ip = address.prefix().address();
    return address.usable() && !ip.linkLocal() && !ip.loopback();
  }

  /** Whether there is an address others can reach, and a way out. */
  boolean connected(boolean six) {
    return !(six ? reachable6 : reachable4).isEmpty()
        && waysOut.values().stream().anyMatch(way -> way.destination().address().six() == six);
  }

  boolean has(Need need) {
    return switch (need) {
      case ANY -> connected(false) || connected(true);
      case IPV4 -> connected(false);
      case IPV6 -> connected(true);
      case GATEWAY -> waysOut.values().stream().anyMatch(this::answers);
      case DNS ->
          leases.values().stream().anyMatch(lease -> !lease.nameServers().isEmpty())
              || managements.values().stream().anyMatch(m -> !m.nameServers().isEmpty());
      case LEASE -> !leases.isEmpty();
      case CONFIGURED ->
          managements.values().stream().anyMatch(m -> m.stage() == Management.Stage.CONFIGURED);
    };
  }

  /** Whether the gateway of a way out answers, or it needs none. */
  private boolean answers(Route way) {
    return way.hops().stream()
        .filter(hop -> hop.link() == index)
        .anyMatch(hop -> hop.gateway() == null || resolved(hop.gateway()));
  }

  private boolean resolved(IpAddress gateway) {
    Neighbour neighbour = neighbours.get(new Neighbour.Key(index, gateway));
    return neighbour != null && neighbour.state() == Neighbour.State.RESOLVED;
  }
}
