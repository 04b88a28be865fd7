// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.host.api.ConfigCheck;

class PolicyCheckTest {
  private static final String A = PolicySpec.FACTORY + "~a";
  private static final String B = PolicySpec.FACTORY + "~b";

  private static List<ConfigCheck.Finding> check(Map<String, Map<String, Object>> proposed) {
    return new PolicyCheck().check(proposed);
  }

  private static Map<String, Object> links(String... names) {
    return Map.of("links", names);
  }

  @Test
  void whatIsRight() {
    assertEquals(
        List.of(),
        check(
            Map.of(
                A,
                Map.of(
                    "links",
                    new String[] {"eth1", "02:00:00:00:00:01", "wan*"},
                    "table",
                    1_000_000L,
                    "gateway4",
                    "10.0.0.1",
                    "gateway6",
                    "fe80::1",
                    "exclude",
                    new String[] {"10.0.0.7", "2001:db8::/32"}),
                B,
                links("eth2"),
                "org.sluice.other~x",
                links())));
  }

  @ParameterizedTest
  @CsvSource({
    "gateway4, fe80::1, is an IPv6 address",
    "gateway6, 10.0.0.1, is an IPv4 address",
    "gateway4, gateway, is no IP address",
    "gateway4, 0.0.0.0, cannot be a gateway",
    "gateway6, ff02::1, cannot be a gateway"
  })
  void gateways(String key, String value, String text) {
    List<ConfigCheck.Finding> found =
        check(Map.of(A, Map.of("links", new String[] {"eth1"}, key, value)));
    assertEquals(1, found.size());
    assertEquals(key, found.getFirst().key());
    assertTrue(found.getFirst().text().contains(text), found::toString);
  }

  @ParameterizedTest
  @CsvSource({
    "exclude, 10.0.0.1/8, did you mean 10.0.0.0/8",
    "bypass, 0.0.0.0/0, is everything",
    "sources, ten, is no network",
    "bypass, 10.0.0.0/40, is no network"
  })
  void networks(String key, String value, String text) {
    List<ConfigCheck.Finding> found =
        check(Map.of(A, Map.of("links", new String[] {"eth1"}, key, new String[] {value})));
    assertEquals(1, found.size());
    assertTrue(found.getFirst().text().contains(text), found::toString);
  }

  @Test
  void whatTwoFilesWant() {
    List<ConfigCheck.Finding> found =
        check(
            Map.of(
                A, Map.of("links", new String[] {"eth1"}, "table", 100L),
                B, Map.of("links", new String[] {"eth1"}, "table", 100L)));
    assertEquals(List.of(B, B), found.stream().map(ConfigCheck.Finding::pid).toList());
    assertTrue(found.getFirst().text().contains("claimed by policy a too"));
    assertTrue(found.getLast().text().contains("table 100 is that of policy a too"));
  }

  @Test
  void whatMakesNoSense() {
    assertEquals("links", check(Map.of(A, Map.of())).getFirst().key());
    assertEquals("links", check(Map.of(A, links(" "))).getFirst().key());
    assertTrue(check(Map.of(A, links("a", "a"))).getFirst().text().contains("named twice"));
    assertEquals(
        "table",
        check(Map.of(A, Map.of("links", new String[] {"a"}, "table", 254L))).getFirst().key());
    assertEquals(
        1,
        check(Map.of(A, Map.of("links", new String[] {"a"}, "ipv4", false, "ipv6", false))).size());
  }
}
