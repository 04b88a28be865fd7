// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A way to a network. The kernel knows no identity of a route short of all it says, so two routes
 * that differ are two.
 *
 * @param table from 1 to 2^32-1; 254 is the main one
 * @param protocol who made it, by the kernel's number: 2 kernel, 3 boot, 4 static, 9 router
 *     advertisement, 16 DHCP
 * @param type {@code unicast}, {@code blackhole}, {@code unreachable}, {@code prohibit}, {@code
 *     throw}, …
 * @param metric the lower one is taken
 * @param service the type of service it is for; 0 for any
 * @param source the address packets are sent from when they have none yet
 * @param hops where packets go next; several for multipath, none for {@code blackhole} and its like
 */
public record Route(
    IpPrefix destination,
    long table,
    int protocol,
    Scope scope,
    String type,
    long metric,
    int service,
    @Nullable IpAddress source,
    List<Hop> hops)
    implements Fact, Fact.Key {

  public Route {
    hops = List.copyOf(hops);
  }

  /**
   * The next stop on the way.
   *
   * @param link index of the link to send on
   * @param gateway none when the destination is on the link itself
   * @param weight share among several hops, from 1
   */
  public record Hop(int link, @Nullable IpAddress gateway, int weight) {}

  @Override
  public Route key() {
    return this;
  }

  @Override
  public Kind kind() {
    return Kind.ROUTE;
  }

  /** Whether it takes everything that nothing else takes. */
  public boolean isDefault() {
    return destination.length() == 0;
  }

  public boolean uses(int link) {
    return hops.stream().anyMatch(hop -> hop.link() == link);
  }
}
