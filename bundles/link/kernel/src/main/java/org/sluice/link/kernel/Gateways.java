// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.Collection;
import java.util.HashSet;
import java.util.Set;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.Route;

/** The gateways that some route goes by. For the reader's thread. */
final class Gateways {
  private final Set<Neighbour.Key> known = new HashSet<>();

  boolean has(Neighbour.Key key) {
    return known.contains(key);
  }

  /** Forgets those that no route goes by any more. */
  void learn(Collection<Route> all) {
    known.clear();
    all.forEach(this::learn);
  }

  /**
   * @return whether one is among them that was not known
   */
  boolean learn(Route route) {
    boolean fresh = false;
    for (Route.Hop hop : route.hops()) {
      IpAddress gateway = hop.gateway();
      fresh |= gateway != null && known.add(new Neighbour.Key(hop.link(), gateway));
    }
    return fresh;
  }
}
