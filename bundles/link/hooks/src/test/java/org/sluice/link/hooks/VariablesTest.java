// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sluice.json.JsonReader;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;
import org.sluice.link.hooks.Occasion.Aspect;

class VariablesTest {
  private static final Account NOBODY = new Account("nobody", 65534, 65534, "/nonexistent");

  private final Link link = Samples.link(3, "eth3", true, true);

  private static Address address(String prefix) {
    return new Address(
        3, IpPrefix.parse(prefix), null, Scope.GLOBAL, EnumSet.of(AddressFlag.PERMANENT), "");
  }

  private LinkSnapshot picture(List<Address> addresses) {
    Route way =
        new Route(
            IpPrefix.parse("0.0.0.0/0"),
            254,
            16,
            Scope.GLOBAL,
            "unicast",
            100,
            0,
            null,
            List.of(new Route.Hop(3, IpAddress.parse("10.0.0.9"), 1)));
    Route near =
        new Route(
            IpPrefix.parse("10.0.0.0/24"),
            254,
            2,
            Scope.LINK,
            "unicast",
            0,
            0,
            null,
            List.of(new Route.Hop(3, null, 1)));
    Lease lease =
        new Lease(
            3,
            false,
            "dhclient",
            List.of(IpPrefix.parse("10.0.0.1/24")),
            List.of(IpAddress.parse("10.0.0.9")),
            List.of(IpAddress.parse("10.0.0.53"), IpAddress.parse("9.9.9.9")),
            List.of("example.org\";reboot\n", "b"),
            "host\nINJECTED=1",
            0,
            null,
            null,
            null,
            new TreeMap<>(Map.of("evil name=", "va\nlue")));
    return new LinkSnapshot(
        5,
        Instant.EPOCH,
        List.of(link),
        addresses,
        List.of(near, way),
        List.of(),
        List.of(),
        List.of(lease),
        List.of(),
        List.of());
  }

  private SortedMap<String, String> of(Style style, LinkSnapshot picture) {
    Occasion occasion =
        Occasion.of(
            Samples.happening(5, Kind.ADDRESS_ADDED, link, "10.0.0.1/24"),
            "routable",
            "routable",
            "carrier",
            Set.of(Aspect.STATE));
    Circumstances now = Circumstances.of(occasion, picture);
    return Variables.of(style, occasion, now, NOBODY, Message.of(occasion, now).json());
  }

  @Test
  void netevd() throws Exception {
    SortedMap<String, String> all =
        of(
            Style.SLUICE,
            picture(
                List.of(address("10.0.0.1/24"), address("2001:db8::1/64"), address("fe80::1/64"))));
    assertEquals("eth3", all.get("LINK"));
    assertEquals("3", all.get("LINKINDEX"));
    assertEquals("routable", all.get("STATE"));
    assertEquals("10.0.0.1 2001:db8::1", all.get("ADDRESSES"));
    assertEquals("10.0.0.9", all.get("GATEWAY"));
    assertEquals("10.0.0.53 9.9.9.9", all.get("DNS"));
    assertEquals("/nonexistent", all.get("HOME"));
    assertEquals("host\\x0aINJECTED=1", all.get("DHCP_HOSTNAME"), "a line ends nowhere in it");
    assertEquals("example.org\";reboot\\x0a", all.get("DHCP_DOMAIN"));
    assertFalse(all.containsKey("INJECTED"));
    JsonReader.read(String.valueOf(all.get("JSON")));
  }

  @Test
  void networkdDispatcher() throws Exception {
    SortedMap<String, String> all =
        of(
            Style.NETWORKD_DISPATCHER,
            picture(
                List.of(address("10.0.0.1/24"), address("2001:db8::1/64"), address("fe80::1/64"))));
    assertEquals("eth3", all.get("IFACE"));
    assertEquals("routable", all.get("STATE"));
    assertEquals("routable", all.get("OperationalState"));
    assertEquals("unmanaged", all.get("AdministrativeState"));
    assertEquals("10.0.0.1", all.get("ADDR"));
    assertEquals("10.0.0.1", all.get("IP_ADDRS"));
    assertEquals("2001:db8::1", all.get("IP6_ADDRS"));
    JsonReader.read(String.valueOf(all.get("json")));
    assertFalse(all.containsKey("LINK"));
  }

  @Test
  void networkManager() {
    SortedMap<String, String> all =
        of(Style.NETWORKMANAGER, picture(List.of(address("10.0.0.1/24"))));
    assertEquals("up", all.get("NM_DISPATCHER_ACTION"));
    assertEquals("eth3", all.get("DEVICE_IP_IFACE"));
    assertEquals("10.0.0.1/24 10.0.0.9", all.get("IP4_ADDRESS_0"));
    assertEquals("1", all.get("IP4_NUM_ADDRESSES"));
    assertEquals("0", all.get("IP6_NUM_ADDRESSES"));
    assertEquals("10.0.0.9", all.get("IP4_GATEWAY"));
    assertEquals("10.0.0.0/24 0.0.0.0 0", all.get("IP4_ROUTE_0"));
    assertEquals("10.0.0.53 9.9.9.9", all.get("IP4_NAMESERVERS"));
    assertEquals("va\\x0alue", all.get("DHCP4_EVIL_NAME_"));
    assertEquals("10.0.0.1", all.get("DHCP4_IP_ADDRESS"));
  }

  @Test
  void whatIsTooLongForTheKernelIsCutAndTold() {
    List<Address> many = new ArrayList<>();
    for (int i = 0; i < 20_000; i++) {
      many.add(address("10.1." + i / 250 + "." + (i % 250 + 1) + "/16"));
    }
    SortedMap<String, String> all = of(Style.SLUICE, picture(many));
    String addresses = String.valueOf(all.get("ADDRESSES"));
    assertTrue(addresses.length() <= 32 * 1024);
    assertTrue(addresses.matches("10\\.1\\.0\\.1 .*[0-9]"), "it ends with a whole address");
    assertFalse(all.containsKey("JSON"));
    assertEquals("ADDRESSES JSON", all.get("SLUICE_TRUNCATED"));
  }
}
