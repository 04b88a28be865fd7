// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;

/**
 * A route as the kernel told it, by whomever it was made.
 *
 * @param protocol who made it
 * @param type the kernel's number
 */
record KernelRoute(
    long table, int protocol, int type, IpPrefix destination, long metric, List<Hop> hops) {

  KernelRoute {
    hops = List.copyOf(hops);
  }

  record Hop(int link, @Nullable IpAddress gateway, boolean onLink) {}

  boolean six() {
    return destination.address().six();
  }

  boolean unicast() {
    return type == OwnedRoute.Type.UNICAST.number();
  }

  boolean isDefault() {
    return destination.length() == 0;
  }

  /** The hop by this link. */
  Optional<Hop> hop(int link) {
    return hops.stream().filter(hop -> hop.link() == link).findFirst();
  }

  /** As one that is made here; empty when none of its kind is. */
  Optional<OwnedRoute> owned() {
    OwnedRoute.Type known = OwnedRoute.Type.of(type);
    if (known == null || hops.size() > 1) {
      return Optional.empty();
    }
    if (known != OwnedRoute.Type.UNICAST) {
      // IPv6 has these on the loopback link, which says nothing.
      return Optional.of(new OwnedRoute(table, known, destination, metric, 0, null, false));
    }
    return hops.stream()
        .findFirst()
        .map(
            hop ->
                new OwnedRoute(
                    table, known, destination, metric, hop.link(), hop.gateway(), hop.onLink()));
  }
}
