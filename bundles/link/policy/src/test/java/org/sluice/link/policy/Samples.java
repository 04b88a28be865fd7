// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Rule;
import org.sluice.link.api.Scope;

/** Links, addresses and routes to think about. */
final class Samples {
  static final Settings SETTINGS = new Settings(92, true, false, 20_000, 22_000, "", 60);

  private Samples() {}

  static Link link(int index, String name, String mac, LinkFlag... flags) {
    EnumSet<LinkFlag> all = EnumSet.of(LinkFlag.UP);
    all.addAll(Arrays.asList(flags));
    return new Link(index, name, "veth", mac, "", 1500, all, OperState.UP, true, 0, 0, List.of());
  }

  static Link eth(int number) {
    return link(number, "eth" + number, "02:00:00:00:00:0" + number);
  }

  static Link down(Link link) {
    return new Link(
        link.index(),
        link.name(),
        link.type(),
        link.mac(),
        link.permanentMac(),
        link.mtu(),
        Set.of(),
        OperState.DOWN,
        false,
        0,
        0,
        List.of());
  }

  static Address address(int link, String prefix, AddressFlag... flags) {
    IpPrefix parsed = IpPrefix.parse(prefix);
    return new Address(
        link,
        parsed,
        null,
        parsed.address().linkLocal() ? Scope.LINK : Scope.GLOBAL,
        Set.of(flags),
        "");
  }

  /** A policy with everything as it is without a word, for these links. */
  static PolicySpec spec(String name, String... links) {
    return spec(name, 0, links);
  }

  static PolicySpec spec(String name, long table, String... links) {
    return new PolicySpec(
        name,
        Arrays.stream(links).map(LinkSelector::parse).toList(),
        table,
        true,
        true,
        0,
        null,
        null,
        List.of(),
        List.of(),
        List.of(),
        true,
        false);
  }

  static KernelRoute route(long table, String destination, int link, @Nullable String gateway) {
    return route(table, destination, link, gateway, 0);
  }

  static KernelRoute route(
      long table, String destination, int link, @Nullable String gateway, long metric) {
    return new KernelRoute(
        table,
        4,
        1,
        IpPrefix.parse(destination),
        metric,
        List.of(
            new KernelRoute.Hop(link, gateway == null ? null : IpAddress.parse(gateway), false)));
  }

  static Actual actual(Map<Integer, List<KernelRoute>> byLink) {
    return new Actual(Set.of(), 0, byLink, Map.of());
  }

  static Rule rule(long priority, String from, long table, int protocol) {
    IpPrefix prefix = IpPrefix.parse(from);
    return new Rule(
        prefix.address().six(),
        priority,
        false,
        prefix,
        null,
        "",
        "",
        List.of(),
        "table",
        table,
        0,
        -1,
        protocol);
  }
}
