// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.Fact;
import org.sluice.link.api.Happening;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;
import org.sluice.link.api.Neighbour;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Route;
import org.sluice.link.api.Rule;
import org.sluice.link.api.Scope;

/** Sequences as the kernel makes them, and what they mean. */
class TranslatorTest {
  private final List<Happening> told = new ArrayList<>();
  private Set<Need> needs = EnumSet.of(Need.ANY);
  private final Translator translator = new Translator(told::add, () -> needs);
  private long number = 10;

  private static Link link(int index, String name, boolean up, boolean carrier) {
    Set<LinkFlag> flags = up ? EnumSet.of(LinkFlag.UP) : EnumSet.noneOf(LinkFlag.class);
    OperState state = carrier ? OperState.UP : OperState.DOWN;
    return new Link(index, name, "veth", "", "", 1500, flags, state, carrier, 0, 0, List.of());
  }

  private static Address address(int link, String prefix, AddressFlag... flags) {
    return new Address(link, IpPrefix.parse(prefix), null, Scope.GLOBAL, Set.of(flags), "");
  }

  private static Route route(int link, String destination, String gateway, long table) {
    return new Route(
        IpPrefix.parse(destination),
        table,
        3,
        Scope.GLOBAL,
        "unicast",
        0,
        0,
        null,
        List.of(new Route.Hop(link, IpAddress.parse(gateway), 1)));
  }

  private LinkSnapshot picture(List<Link> links, List<Address> addresses, List<Route> routes) {
    return new LinkSnapshot(
        ++number,
        Instant.EPOCH,
        links,
        addresses,
        routes,
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        List.of());
  }

  private LinkEvent.Stamp stamp() {
    return new LinkEvent.Stamp(++number, Instant.EPOCH, "kernel", LinkEvent.Cause.CHANGE);
  }

  private void added(Fact fact) {
    translator.event(new LinkEvent.Added(stamp(), fact));
  }

  private void changed(Fact before, Fact now) {
    translator.event(new LinkEvent.Changed(stamp(), before, now));
  }

  private void removed(Fact fact) {
    translator.event(new LinkEvent.Removed(stamp(), fact));
  }

  /** What was told since the last call, in words. */
  private List<String> words() {
    List<String> words =
        told.stream()
            .map(h -> (h.kind().word() + " " + h.link().name() + " " + h.subject()).strip())
            .toList();
    told.clear();
    return words;
  }

  @Test
  void whatIsThereAtFirstIsToldAsInitial() {
    translator.picture(
        picture(
            List.of(link(1, "eth0", true, true), link(2, "eth1", false, false)),
            List.of(address(1, "10.0.0.2/24")),
            List.of(route(1, "0.0.0.0/0", "10.0.0.1", 254))));
    assertTrue(told.stream().allMatch(Happening::initial));
    assertEquals(
        List.of(
            "link-added eth0",
            "link-up eth0",
            "carrier eth0",
            "link-added eth1",
            "address-added eth0 10.0.0.2/24",
            "default-route-added eth0 0.0.0.0/0 via 10.0.0.1",
            "ready-ipv4 eth0",
            "ready eth0"),
        words());
  }

  @Test
  void readyComesWithTheLastThingThatWasMissingInWhateverOrder() {
    translator.picture(picture(List.of(), List.of(), List.of()));
    Link down = link(1, "eth0", true, false);
    Link up = link(1, "eth0", true, true);
    added(down);
    added(route(1, "0.0.0.0/0", "10.0.0.1", 254));
    added(address(1, "169.254.3.4/16"));
    words();
    changed(down, up);
    assertEquals(List.of("carrier eth0"), words(), "a link-local address is not enough");
    added(address(1, "10.0.0.2/24"));
    assertEquals(
        List.of("address-added eth0 10.0.0.2/24", "ready-ipv4 eth0", "ready eth0"), words());
    assertFalse(told.stream().anyMatch(Happening::initial));
    added(address(1, "10.0.0.3/24"));
    assertEquals(List.of("address-added eth0 10.0.0.3/24"), words(), "it is ready already");
    removed(address(1, "10.0.0.2/24"));
    assertEquals(List.of("address-removed eth0 10.0.0.2/24"), words());
    removed(route(1, "0.0.0.0/0", "10.0.0.1", 254));
    assertEquals(
        List.of(
            "default-route-removed eth0 0.0.0.0/0 via 10.0.0.1",
            "unready-ipv4 eth0",
            "unready eth0"),
        words());
  }

  @Test
  void anAddressIsThereWhenTheSearchForDuplicatesIsOver() {
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    words();
    Address tentative = address(1, "2001:db8::1/64", AddressFlag.TENTATIVE);
    Address good = address(1, "2001:db8::1/64");
    Address old = address(1, "2001:db8::1/64", AddressFlag.DEPRECATED);
    added(tentative);
    assertEquals(List.of(), words());
    changed(tentative, good);
    added(route(1, "::/0", "fe80::1", 254));
    assertEquals(
        List.of(
            "address-added eth0 2001:db8::1/64",
            "default-route-added eth0 ::/0 via fe80::1",
            "ready-ipv6 eth0",
            "ready eth0"),
        words());
    changed(good, old);
    assertEquals(List.of("address-deprecated eth0 2001:db8::1/64"), words());
    removed(old);
    assertEquals(
        List.of("address-removed eth0 2001:db8::1/64", "unready-ipv6 eth0", "unready eth0"),
        words());
    Address taken = address(1, "2001:db8::2/64", AddressFlag.TENTATIVE, AddressFlag.DADFAILED);
    added(taken);
    removed(taken);
    assertEquals(List.of(), words(), "it never was of any use");
  }

  @Test
  void namesSizesAndStates() {
    Link first = link(1, "eth0", true, true);
    translator.picture(picture(List.of(first), List.of(), List.of()));
    words();
    Link renamed = link(1, "wan", false, false);
    changed(first, renamed);
    assertEquals(List.of("link-renamed wan eth0", "link-down wan", "no-carrier wan"), words());
    removed(renamed);
    assertEquals(List.of("link-removed wan"), words());
  }

  @Test
  void routesOfOtherTablesAndOtherNetworksAreNoWayOut() {
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    added(address(1, "10.0.0.2/24"));
    words();
    added(route(1, "0.0.0.0/0", "10.0.0.1", 1002));
    added(route(1, "10.1.0.0/16", "10.0.0.1", 254));
    assertEquals(List.of(), words());
  }

  @Test
  void afterMissedEventsOnlyTheDifferenceIsTold() {
    Link eth0 = link(1, "eth0", true, true);
    translator.picture(
        picture(
            List.of(eth0, link(2, "eth1", true, true)),
            List.of(address(1, "10.0.0.2/24"), address(2, "10.2.0.2/24")),
            List.of(route(1, "0.0.0.0/0", "10.0.0.1", 254))));
    words();
    translator.picture(
        picture(
            List.of(eth0, link(3, "eth2", true, true)),
            List.of(address(1, "10.0.0.9/24")),
            List.of(route(1, "0.0.0.0/0", "10.0.0.1", 254))));
    assertFalse(told.stream().anyMatch(Happening::initial));
    List<String> words = words();
    assertEquals(
        Set.of(
            "address-removed eth0 10.0.0.2/24",
            "unready-ipv4 eth0",
            "unready eth0",
            "address-removed eth1 10.2.0.2/24",
            "link-removed eth1",
            "link-added eth2",
            "link-up eth2",
            "carrier eth2",
            "address-added eth0 10.0.0.9/24",
            "ready-ipv4 eth0",
            "ready eth0"),
        Set.copyOf(words));
    assertTrue(words.indexOf("unready-ipv4 eth0") < words.indexOf("ready-ipv4 eth0"));
    assertTrue(
        words.indexOf("address-removed eth1 10.2.0.2/24") < words.indexOf("link-removed eth1"));
  }

  private static Lease lease(String address, String nameServer, long renewed) {
    return new Lease(
        1,
        false,
        "networkd",
        List.of(IpPrefix.parse(address)),
        List.of(),
        List.of(IpAddress.parse(nameServer)),
        List.of(),
        "",
        0,
        null,
        Instant.ofEpochSecond(renewed),
        Instant.ofEpochSecond(renewed + 120),
        new TreeMap<>(Map.of("T1", Long.toString(renewed))));
  }

  @Test
  void aLeaseIsAcquiredRenewedChangedAndLost() {
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    words();
    Lease first = lease("10.0.0.5/24", "10.0.0.1", 100);
    Lease renewed = lease("10.0.0.5/24", "10.0.0.1", 160);
    Lease changed = lease("10.0.0.5/24", "10.0.0.53", 160);
    added(first);
    changed(first, renewed);
    changed(renewed, changed);
    removed(changed);
    assertEquals(
        List.of(
            "lease-acquired eth0 10.0.0.5/24",
            "lease-renewed eth0 10.0.0.5/24",
            "lease-changed eth0 10.0.0.5/24",
            "lease-lost eth0 10.0.0.5/24"),
        words());
  }

  private static Management management(int link, String setup, String operational) {
    return new Management(
        link,
        "networkd",
        setup.equals("configured") ? Management.Stage.CONFIGURED : Management.Stage.CONFIGURING,
        setup,
        operational,
        Management.Reach.OFF,
        Management.Reach.OFF,
        "",
        List.of(),
        List.of());
  }

  @Test
  void whatAManagerSaysOfALinkThatIsNotThereYetIsToldWithTheLink() {
    translator.picture(picture(List.of(), List.of(), List.of()));
    added(management(1, "configuring", "carrier"));
    added(lease("10.0.0.5/24", "10.0.0.1", 100));
    added(management(0, "routable", ""));
    assertEquals(List.of("manager-state  networkd routable"), words());
    added(link(1, "eth0", true, true));
    assertEquals(
        List.of(
            "link-added eth0",
            "link-up eth0",
            "carrier eth0",
            "lease-acquired eth0 10.0.0.5/24",
            "manager-state eth0 networkd configuring carrier"),
        words());
  }

  @Test
  void readyIsWhatTheConfigurationSays() {
    needs = EnumSet.of(Need.IPV4, Need.GATEWAY, Need.DNS, Need.CONFIGURED, Need.LEASE);
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    IpAddress gateway = IpAddress.parse("10.0.0.1");
    Neighbour asked = new Neighbour(1, gateway, "", Neighbour.State.RESOLVING, false);
    Neighbour there =
        new Neighbour(1, gateway, "02:00:00:00:00:01", Neighbour.State.RESOLVED, false);
    Management begun = management(1, "configuring", "routable");
    Management done = management(1, "configured", "routable");
    added(address(1, "10.0.0.2/24"));
    added(route(1, "0.0.0.0/0", "10.0.0.1", 254));
    added(lease("10.0.0.2/24", "10.0.0.1", 100));
    added(asked);
    added(begun);
    assertFalse(words().contains("ready eth0"));
    changed(begun, done);
    assertFalse(words().contains("ready eth0"), "the gateway has not answered");
    changed(asked, there);
    assertEquals(List.of("ready eth0"), words());
    changed(there, asked);
    assertEquals(List.of("unready eth0"), words());
  }

  private static Rule rule(String from, long priority) {
    return new Rule(
        false,
        priority,
        false,
        IpPrefix.parse(from),
        null,
        "",
        "",
        List.of(),
        "table",
        1002,
        0,
        -1,
        92);
  }

  @Test
  void aRuleThatComesBackIsRestored() {
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    added(address(1, "10.0.0.2/24"));
    words();
    added(rule("10.0.0.2/32", 1000));
    removed(rule("10.0.0.2/32", 1000));
    assertEquals(List.of(), words());
    added(rule("10.0.0.2/32", 1001));
    assertEquals(List.of(), words(), "it is another rule");
    added(rule("10.0.0.2/32", 1000));
    assertEquals(List.of("rule-restored eth0 1000: from 10.0.0.2/32 lookup 1002"), words());
  }

  @Test
  void aBurstOfAddressesIsToldInTime() {
    translator.picture(picture(List.of(link(1, "eth0", true, true)), List.of(), List.of()));
    for (int i = 0; i < 50_000; i++) {
      added(address(1, "10.%d.%d.1/32".formatted(i >> 8, i & 255)));
    }
    assertEquals(50_000, told.stream().filter(h -> h.subject().endsWith("/32")).count());
  }
}
