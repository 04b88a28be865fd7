// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.VariantMap;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

class ValuesTest {

  private static Route route(List<Route.Hop> hops) {
    return new Route(
        IpPrefix.parse("0.0.0.0/0"), 4294967295L, 3, Scope.GLOBAL, "unicast", 0, 0, null, hops);
  }

  @Test
  void everyComponentHasItsTypeOnTheBus() {
    Lease lease =
        new Lease(
            3,
            true,
            "networkd",
            List.of(IpPrefix.parse("2001:db8::5/128")),
            List.of(),
            List.of(IpAddress.parse("2001:db8::1")),
            List.of("example.org"),
            "",
            1400,
            null,
            Instant.ofEpochSecond(5, 7000),
            null,
            new TreeMap<>(Map.of("odd", "a\"b")));
    VariantMap map = Values.of(lease).asMap();
    assertEquals(3, map.number("Link").orElseThrow());
    assertEquals(true, map.flag("Six").orElseThrow());
    assertEquals(List.of("2001:db8::5/128"), map.texts("Addresses"));
    assertEquals("as", map.value("Gateways").orElseThrow().type().value(), "empty lists too");
    assertEquals(5_000_007, map.number("Renewed").orElseThrow());
    assertEquals("t", map.value("Renewed").orElseThrow().type().value());
    assertFalse(map.has("Expires"), "what is not known is left out");
    assertEquals("a\"b", map.map("Options").text("odd").orElseThrow());
  }

  @Test
  void recordsInRecordsAndWords() {
    VariantMap map =
        Values.of(route(List.of(new Route.Hop(2, IpAddress.parse("10.0.0.1"), 1)))).asMap();
    assertEquals(4294967295L, map.number("Table").orElseThrow());
    VariantMap hop = map.list("Hops").getFirst().asMap();
    assertEquals("10.0.0.1", hop.text("Gateway").orElseThrow());
    assertEquals("global", map.text("Scope").orElseThrow());
    Address address =
        new Address(
            2,
            IpPrefix.parse("10.0.0.2/24"),
            null,
            Scope.LINK,
            Set.of(AddressFlag.STABLE_PRIVACY),
            "");
    assertEquals(List.of("stable-privacy"), Values.of(address).asMap().texts("Flags"));
  }

  @Test
  void aListHasTheSameTypeWhetherEmptyOrFull() {
    String full = type(route(List.of(new Route.Hop(2, null, 1))));
    assertEquals("aa{sv}", full);
    assertEquals(full, type(route(List.of())));
    assertEquals("aa{sv}", Values.of(List.of()).type().value());
  }

  private static String type(Route route) {
    DBusValue hops = Values.of(route).asMap().value("Hops").orElseThrow();
    return hops.type().value();
  }
}
