// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.sluice.link.api.Address;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

/** Facts and settings for tests. */
final class Samples {
  private Samples() {}

  static Link link(int index, String name) {
    return link(index, name, 1500);
  }

  static Link link(int index, String name, int mtu) {
    return new Link(
        index,
        name,
        "veth",
        "02:00:00:00:00:%02x".formatted(index & 255),
        "",
        mtu,
        Set.of(LinkFlag.UP),
        OperState.UP,
        true,
        0,
        0,
        List.of());
  }

  static Address address(int link, String prefix) {
    return new Address(link, IpPrefix.parse(prefix), null, Scope.GLOBAL, Set.of(), "");
  }

  static Route route(String to, int... links) {
    return new Route(
        IpPrefix.parse(to),
        254,
        4,
        Scope.GLOBAL,
        "unicast",
        0,
        0,
        null,
        java.util.Arrays.stream(links)
            .mapToObj(link -> new Route.Hop(link, IpAddress.parse("10.0.0.1"), 1))
            .toList());
  }

  static TableConfig config(int history, int withdrawAfter) {
    Map<String, Integer> values = Map.of("history", history, "withdrawAfter", withdrawAfter);
    return (TableConfig)
        Proxy.newProxyInstance(
            TableConfig.class.getClassLoader(),
            new Class<?>[] {TableConfig.class},
            (proxy, method, arguments) -> values.get(method.getName()));
  }
}
