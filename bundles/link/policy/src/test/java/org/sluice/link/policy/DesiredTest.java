// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.Address;
import org.sluice.link.api.AddressFlag;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.Rule;

class DesiredTest {
  private List<Link> links = List.of(Samples.eth(1), Samples.eth(2));
  private List<Address> addresses = List.of();
  private List<Rule> rules = List.of();
  private List<PolicySpec> specs = List.of(Samples.spec("p", "eth1"));
  private final List<KernelRoute> routes = new ArrayList<>();
  private Map<Long, List<KernelRoute>> inTables = Map.of();

  private Desired desired() {
    Scene scene = new Scene(links, addresses, rules);
    Claim.Outcome claimed = Claim.of(links, specs);
    Map<Integer, Long> tables =
        new TableBook(92, List.of()).assign(claimed.claims(), 20_000, table -> true).tables();
    Map<Integer, List<KernelRoute>> byLink = Map.of(1, routes, 2, List.of());
    return Desired.of(
        scene, claimed, tables, Samples.SETTINGS, new Actual(Set.of(), 0, byLink, inTables));
  }

  private List<String> texts() {
    return desired().all().stream().map(o -> o.text(index -> "eth" + index)).toList();
  }

  private String lack(boolean six) {
    return desired().lanes().stream()
        .filter(lane -> lane.six() == six)
        .findFirst()
        .orElseThrow()
        .lack();
  }

  @Test
  void twoRulesForAnAddressAndATableForTheLink() {
    addresses =
        List.of(
            Samples.address(1, "10.1.0.2/24"),
            Samples.address(1, "2001:db8:1::2/64"),
            Samples.address(2, "10.2.0.2/24"));
    routes.add(Samples.route(254, "10.1.0.0/24", 1, null));
    routes.add(Samples.route(254, "0.0.0.0/0", 1, "10.1.0.1", 100));
    routes.add(Samples.route(254, "2001:db8:1::/64", 1, null, 256));
    routes.add(Samples.route(254, "::/0", 1, "fe80::1", 1024));
    assertEquals(
        List.of(
            "10.1.0.0/24 dev eth1 table 20000",
            "default via 10.1.0.1 dev eth1 table 20000",
            "2001:db8:1::/64 dev eth1 table 20000 metric 1024",
            "default via fe80::1 dev eth1 table 20000 metric 1024",
            "pref 22000 from 10.1.0.2 lookup main suppress_prefixlength 0",
            "pref 22001 from 10.1.0.2 lookup 20000",
            "pref 22000 from 2001:db8:1::2 lookup main suppress_prefixlength 0",
            "pref 22001 from 2001:db8:1::2 lookup 20000"),
        texts());
    assertEquals("", lack(false));
    assertEquals("", lack(true));
  }

  @Test
  void addressesThatAreNoGroundForARule() {
    addresses =
        List.of(
            Samples.address(1, "fe80::2/64"),
            Samples.address(1, "169.254.3.4/16"),
            Samples.address(1, "2001:db8:1::2/64", AddressFlag.TENTATIVE),
            Samples.address(1, "2001:db8:1::3/64", AddressFlag.DADFAILED));
    routes.add(Samples.route(254, "::/0", 1, "fe80::1", 1024));
    assertEquals(List.of(), texts());
    assertEquals("no address", lack(true));
    addresses =
        List.of(
            Samples.address(1, "2001:db8:1::4/64", AddressFlag.DEPRECATED, AddressFlag.SECONDARY));
    assertEquals(3, texts().size(), "a deprecated one is still used by connections");
    addresses =
        List.of(
            Samples.address(1, "2001:db8:1::5/64", AddressFlag.TENTATIVE, AddressFlag.OPTIMISTIC));
    assertEquals(3, texts().size(), "an optimistic one is used at once");
  }

  @Test
  void withoutAGatewayThereAreRulesAndTheNetworksOnTheLink() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    routes.add(Samples.route(254, "10.1.0.0/24", 1, null));
    assertEquals(3, texts().size());
    assertEquals("no gateway", lack(false));
  }

  @Test
  void theBestGatewayIsTaken() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    routes.add(Samples.route(700, "0.0.0.0/0", 1, "10.1.0.7"));
    assertTrue(texts().contains("default via 10.1.0.7 dev eth1 table 20000"), "of another table");
    routes.add(Samples.route(254, "0.0.0.0/0", 1, "10.1.0.3", 300));
    routes.add(Samples.route(254, "0.0.0.0/0", 1, "10.1.0.2", 200));
    assertTrue(texts().contains("default via 10.1.0.2 dev eth1 table 20000"), "of the main table");
    routes.add(
        new KernelRoute(
            20_000,
            92,
            1,
            IpPrefix.parse("0.0.0.0/0"),
            0,
            List.of(new KernelRoute.Hop(1, IpAddress.parse("10.1.0.99"), false))));
    assertTrue(texts().contains("default via 10.1.0.2 dev eth1 table 20000"), "never the own one");
  }

  @Test
  void ofSeveralHopsTheOneByTheLink() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    routes.add(
        new KernelRoute(
            254,
            4,
            1,
            IpPrefix.parse("0.0.0.0/0"),
            0,
            List.of(
                new KernelRoute.Hop(2, IpAddress.parse("10.2.0.1"), false),
                new KernelRoute.Hop(1, IpAddress.parse("10.1.0.1"), true))));
    assertTrue(texts().contains("default via 10.1.0.1 dev eth1 table 20000 onlink"));
  }

  @Test
  void aDefaultRouteMayHaveNoGateway() {
    addresses = List.of(Samples.address(1, "10.1.0.2/32"));
    routes.add(Samples.route(254, "0.0.0.0/0", 1, null));
    assertTrue(texts().contains("default dev eth1 table 20000"));
    assertEquals("", lack(false));
  }

  @Test
  void aGatewayOfTheFileGoesBeforeAll() {
    specs =
        List.of(
            new PolicySpec(
                "p",
                List.of(LinkSelector.parse("eth1")),
                4_294_967_295L,
                true,
                false,
                100,
                IpAddress.parse("10.1.0.9"),
                null,
                List.of(IpPrefix.parse("10.1.5.0/24")),
                List.of(IpPrefix.parse("10.99.0.0/16"), IpPrefix.parse("2001:db8::/32")),
                List.of(IpPrefix.parse("10.1.0.0/24"), IpPrefix.parse("2001:db8::/32")),
                true,
                true));
    addresses =
        List.of(
            Samples.address(1, "10.1.0.2/24"),
            Samples.address(1, "10.1.5.2/24"),
            Samples.address(1, "2001:db8:1::2/64"));
    routes.add(Samples.route(254, "10.1.0.0/24", 1, null));
    routes.add(Samples.route(254, "0.0.0.0/0", 1, "10.1.0.1"));
    assertEquals(
        List.of(
            "throw 10.1.0.0/24 table 4294967295",
            "default via 10.1.0.9 dev eth1 table 4294967295",
            "unreachable default table 4294967295 metric 4294967294",
            "pref 100 from 10.1.0.2 lookup main suppress_prefixlength 0",
            "pref 101 from 10.1.0.2 lookup 4294967295",
            "pref 100 from 10.99.0.0/16 lookup main suppress_prefixlength 0",
            "pref 101 from 10.99.0.0/16 lookup 4294967295"),
        texts());
  }

  @Test
  void aLinkThatIsDownKeepsItsRules() {
    links = List.of(Samples.down(Samples.eth(1)));
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    routes.add(Samples.route(254, "10.1.0.0/24", 1, null));
    assertEquals(2, texts().size());
    assertEquals("link is down", lack(false));
  }

  @Test
  void onlyNetworksOnTheLinkAreCopied() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"), Samples.address(1, "2001:db8:1::2/64"));
    routes.add(Samples.route(254, "10.50.0.0/16", 1, "10.1.0.50"));
    routes.add(Samples.route(800, "10.60.0.0/16", 1, null));
    routes.add(Samples.route(254, "fe80::/64", 1, null, 256));
    routes.add(Samples.route(254, "ff00::/8", 1, null, 256));
    assertEquals(4, texts().size(), () -> texts().toString());
  }

  @Test
  void twoRoutesToTheSameNetworkAreOne() {
    addresses = List.of(Samples.address(1, "2001:db8:1::2/64"));
    routes.add(Samples.route(254, "2001:db8:1::/64", 1, null, 256));
    routes.add(Samples.route(254, "2001:db8:1::/64", 1, null, 100));
    assertEquals(3, texts().size(), () -> texts().toString());
  }

  @Test
  void anAddressOnTwoLinksLeavesByOne() {
    specs = List.of(Samples.spec("p", "eth*"));
    addresses = List.of(Samples.address(1, "10.1.0.2/24"), Samples.address(2, "10.1.0.2/24"));
    Desired desired = desired();
    assertEquals(2, desired.all().size());
    assertEquals(1, desired.conflicts().size());
    assertTrue(desired.conflicts().getFirst().text().contains("on link eth1 and on link eth2"));
  }

  @Test
  void rulesOfOthersThatAreAskedFirst() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    rules =
        List.of(
            Samples.rule(22_002, "10.1.0.2/32", 5, 4),
            Samples.rule(500, "10.1.1.0/24", 5, 4),
            Samples.rule(500, "10.1.0.2/32", 20_000, 4),
            Samples.rule(500, "10.1.0.2/32", 5, 92));
    assertEquals(List.of(), desired().conflicts());
    rules = List.of(Samples.rule(500, "10.1.0.0/16", 5, 4));
    assertEquals(1, desired().conflicts().size());
    assertTrue(desired().conflicts().getFirst().remedy().contains("a priority below 499"));
  }

  @Test
  void aTableThatOthersUse() {
    addresses = List.of(Samples.address(1, "10.1.0.2/24"));
    inTables = Map.of(20_000L, List.of(Samples.route(20_000, "10.9.0.0/16", 2, null)));
    assertEquals(1, desired().conflicts().size(), "once, though there are two families");
  }
}
