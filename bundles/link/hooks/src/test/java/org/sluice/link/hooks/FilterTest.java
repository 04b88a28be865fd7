// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.sluice.host.api.ConfigCheck;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.NamePattern;

class FilterTest {
  private static final String[] NONE = {};

  private static boolean passes(Filter filter, Occasion occasion) {
    return !filter.excludes(occasion);
  }

  @Test
  void interfaces() {
    Filter filter = Filter.of(new String[] {"eth1", "wg*"}, NONE, NONE, NONE, NONE, "");
    assertTrue(passes(filter, Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertFalse(passes(filter, Samples.occasion(1, Kind.CARRIER, 10, "")), "eth10 is not eth1");
  }

  @Test
  void someAreExcludedFromThoseNamed() {
    Filter filter =
        Filter.of(new String[] {"eth*"}, new String[] {"eth1?", "lo"}, NONE, NONE, NONE, "");
    assertTrue(passes(filter, Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertFalse(passes(filter, Samples.occasion(1, Kind.CARRIER, 10, "")));
    Filter all = Filter.of(NONE, new String[] {"eth1"}, NONE, NONE, NONE, "");
    assertTrue(passes(all, Samples.occasion(1, Kind.CARRIER, 2, "")));
    assertFalse(passes(all, Samples.occasion(1, Kind.CARRIER, 1, "")));
  }

  private static String verdict(Filter filter, Occasion occasion) {
    Circumstances now = Circumstances.of(occasion, Samples.picture(occasion.link()));
    Filter.Verdict verdict = filter.verdict(occasion, now);
    assertEquals(filter.matches(occasion, now), verdict.passes());
    return verdict.words();
  }

  @Test
  void saysWhatHoldsAnEventBack() {
    Filter filter =
        Filter.of(
            new String[] {"eth*"},
            new String[] {"eth9"},
            new String[] {"address-added", "carrier"},
            new String[] {"ipv4"},
            new String[] {"kernel"},
            "mtu == 1500 && !has_gateway");
    assertEquals(
        "let through by interface eth*, not eth9, event address-added|carrier, family ipv4,"
            + " backend kernel, if mtu == 1500 && !has_gateway",
        verdict(filter, Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertEquals(
        "held back by exclude: eth9 is eth9",
        verdict(filter, Samples.occasion(1, Kind.CARRIER, 9, "")));
    assertEquals(
        "held back by events: no-carrier is not address-added|carrier",
        verdict(filter, Samples.occasion(1, Kind.NO_CARRIER, 1, "")));
    assertEquals(
        "held back by family: ipv6 is not ipv4",
        verdict(filter, Samples.occasion(1, Kind.ADDRESS_ADDED, 1, "fd00::1/64")));
    assertEquals(
        "held back by condition: does not hold: has_gateway",
        verdict(
            Filter.of(NONE, NONE, NONE, NONE, NONE, "has_gateway"),
            Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertEquals(
        "held back by interfaces: eth1 is not lo|wg*",
        verdict(
            Filter.of(new String[] {"lo", "wg*"}, NONE, NONE, NONE, NONE, ""),
            Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertEquals(
        "held back by backends: netlink is not networkd",
        verdict(
            Filter.of(NONE, NONE, NONE, NONE, new String[] {"networkd"}, ""),
            Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertEquals("none", verdict(Filter.ALL, Samples.occasion(1, Kind.CARRIER, 1, "")));
  }

  /** What is found in one file of a hook, each as {@code key item}. */
  private static List<String> found(Map<String, Object> values) {
    java.util.TreeMap<String, Object> all = new java.util.TreeMap<>(values);
    all.putIfAbsent("hooks", new String[] {"any.d/*"});
    return new HooksCheck()
        .check(Map.of("org.sluice.link.hooks.hook~a", all)).stream()
            .map(f -> f.key() + " " + f.item() + " " + f.character())
            .toList();
  }

  private static String[] list(String... items) {
    return items;
  }

  @Test
  void whatCanNeverMatchIsRefused() {
    assertEquals(List.of("exclude -1 -1"), found(Map.of("exclude", list("*"))));
    assertEquals(
        List.of("exclude -1 -1"),
        found(Map.of("interfaces", list("eth1", "wg*"), "exclude", list("eth?", "w*"))));
    assertEquals(
        List.of("interfaces 1 -1"),
        found(Map.of("interfaces", list("eth1", "a-name-too-long-for-it"))));
    assertEquals(List.of("interfaces 0 -1"), found(Map.of("interfaces", list("eth0/1"))));
    assertEquals(
        List.of("events -1 -1"),
        found(Map.of("hooks", list("ready-ipv4.d/*"), "events", list("carrier"))));
    assertEquals(
        List.of("family -1 -1"),
        found(Map.of("hooks", list("ready-ipv4.d/*"), "family", list("ipv6"))));
    assertEquals(
        List.of("family -1 -1"),
        found(Map.of("events", list("unready-ipv6"), "family", list("ipv4"))));
    assertEquals(
        List.of("backends -1 -1"),
        found(Map.of("events", list("lease-lost", "configured"), "backends", list("kernel"))));
    assertEquals(List.of("events 1 -1"), found(Map.of("events", list("carrier", "any"))));
    assertEquals(
        List.of("condition -1 21"),
        found(Map.of("condition", "carrier && (state == 'configured')")));
  }

  @Test
  void whatMayMatchIsNot() {
    assertEquals(List.of(), found(Map.of("exclude", list("eth*", "lo"))));
    assertEquals(
        List.of(), found(Map.of("interfaces", list("eth*"), "exclude", list("eth?", "eth1*"))));
    assertEquals(
        List.of(), found(Map.of("interfaces", list("*-with-a-star-*", "\\xc3\\xa9\\x30\\x31"))));
    assertEquals(
        List.of(),
        found(Map.of("hooks", list("routable.d/*"), "events", list("address-added"))),
        "a link becomes routable by an address");
    assertEquals(List.of(), found(Map.of("hooks", list("mtu.d/*"), "events", list("mtu-changed"))));
    assertEquals(
        List.of(),
        found(Map.of("hooks", list("*/10-x"), "events", list("carrier"), "family", list("ipv6"))));
    assertEquals(
        List.of(),
        found(Map.of("events", list("ready-ipv4", "address-added"), "family", list("ipv6"))));
    assertEquals(
        List.of(),
        found(Map.of("events", list("lease-lost", "carrier"), "backends", list("kernel"))));
  }

  @Test
  void families() {
    Filter four = Filter.of(NONE, NONE, NONE, new String[] {"ipv4"}, NONE, "");
    assertTrue(passes(four, Samples.occasion(1, Kind.READY_IPV4, 1, "")));
    assertFalse(passes(four, Samples.occasion(1, Kind.READY_IPV6, 1, "")));
    assertTrue(passes(four, Samples.occasion(1, Kind.ADDRESS_ADDED, 1, "10.0.0.1/24")));
    assertFalse(passes(four, Samples.occasion(1, Kind.ADDRESS_ADDED, 1, "fe80::1/64")));
    assertFalse(passes(four, Samples.occasion(1, Kind.DEFAULT_ROUTE_ADDED, 1, "::/0 via fe80::9")));
    assertTrue(passes(four, Samples.occasion(1, Kind.CARRIER, 1, "")), "it is of no family");
  }

  @Test
  void eventsAndBackends() {
    Filter filter =
        Filter.of(NONE, NONE, new String[] {"carrier"}, NONE, new String[] {"netlink"}, "");
    assertTrue(passes(filter, Samples.occasion(1, Kind.CARRIER, 1, "")));
    assertFalse(passes(filter, Samples.occasion(1, Kind.NO_CARRIER, 1, "")));
    Filter other = Filter.of(NONE, NONE, NONE, NONE, new String[] {"networkd"}, "");
    assertFalse(passes(other, Samples.occasion(1, Kind.CARRIER, 1, "")));
  }

  @Test
  void globs() {
    assertTrue(new NamePattern("*").matches(""));
    assertTrue(new NamePattern("a*b*c").matches("axxbyybc"));
    assertFalse(new NamePattern("a*b*c").matches("axxbyyb"));
    assertTrue(new NamePattern("veth?").matches("veth1"));
    assertFalse(new NamePattern("veth?").matches("veth"));
    assertTrue(new NamePattern("$(id)").matches("$(id)"));
    assertFalse(
        new NamePattern("*a".repeat(2000) + "b").matches("a".repeat(4000)), "and ends soon");
  }

  @Test
  void filesAreCheckedAsAWhole() {
    List<ConfigCheck.Finding> findings =
        new HooksCheck()
            .check(
                Map.of(
                    "org.sluice.link.hooks",
                    Map.of("compat", new String[] {"networkd-dispatcher=/etc/nd", "nm=/x", "y"}),
                    "org.sluice.link.hooks.hook~a",
                    Map.of(
                        "hooks", new String[] {"*"},
                        "events", new String[] {"carier"},
                        "capabilities", new String[] {"NET_ADMIN", "CAP_ALL"},
                        "condition", "has_gateway &&"),
                    "org.sluice.link.hooks.webhook~b",
                    Map.of("url", "ftp://x/", "secretFile", "secret"),
                    "org.sluice.link.hooks.webhook~c",
                    Map.of("url", "https://user:pw@host/")));
    List<String> words = findings.stream().map(f -> f.pid() + " " + f.key()).sorted().toList();
    assertEquals(
        List.of(
            "org.sluice.link.hooks compat",
            "org.sluice.link.hooks compat",
            "org.sluice.link.hooks.hook~a capabilities",
            "org.sluice.link.hooks.hook~a condition",
            "org.sluice.link.hooks.hook~a events",
            "org.sluice.link.hooks.webhook~b secretFile",
            "org.sluice.link.hooks.webhook~b url",
            "org.sluice.link.hooks.webhook~c url"),
        words);
    assertTrue(
        findings.stream().anyMatch(f -> f.remedy().contains("did you mean \"carrier\"")),
        findings::toString);
  }

  @Test
  void aSignatureIsThatOfRfc2104() {
    // openssl: printf '12.{}' | openssl dgst -sha256 -hmac key
    assertEquals(
        "t=12,v1=043e30e1e15664dc97494d18e4110984bcbd2c4e6f3e19de9569dc1ea6d9b03e",
        Signature.of("key".getBytes(java.nio.charset.StandardCharsets.UTF_8), 12, "{}"));
  }

  @Test
  void backoffDoublesUpToItsMost() {
    Backoff most = new Backoff(new Fixed(Long.MAX_VALUE));
    assertEquals(1000, most.after(1).toMillis());
    assertEquals(2000, most.after(2).toMillis());
    assertEquals(300_000, most.after(10).toMillis());
    assertEquals(300_000, most.after(100).toMillis());
    Backoff least = new Backoff(new Fixed(0));
    assertEquals(500, least.after(1).toMillis());
  }

  /** Always the largest allowed number, or the smallest. */
  private record Fixed(long value) implements RandomGenerator {
    @Override
    public long nextLong() {
      return value;
    }

    @Override
    public long nextLong(long bound) {
      return Math.min(value, bound - 1);
    }
  }
}
