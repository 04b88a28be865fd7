// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.Optional;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;

/**
 * What should be for one family of one link.
 *
 * @param sources from where packets leave by this link: its addresses, and networks behind this
 *     host
 * @param way where packets go next; empty while there is no gateway
 */
record Lane(
    Link link,
    PolicySpec spec,
    boolean six,
    long table,
    long priority,
    List<IpPrefix> sources,
    Optional<KernelRoute.Hop> way,
    List<OwnedRoute> routes,
    List<OwnedRule> rules) {

  Lane {
    sources = List.copyOf(sources);
    routes = List.copyOf(routes);
    rules = List.copyOf(rules);
  }

  /** What keeps it from working, in a word or two; empty when nothing does. */
  String lack() {
    if (sources.isEmpty()) {
      return "no address";
    }
    if (!link.up()) {
      return "link is down";
    }
    return way.isEmpty() ? "no gateway" : "";
  }
}
