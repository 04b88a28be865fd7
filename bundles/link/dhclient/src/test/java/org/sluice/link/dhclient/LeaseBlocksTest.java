// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;

/** Lease files as dhclient writes them, as a crash leaves them, and as a bad server has them. */
class LeaseBlocksTest {
  private static final Slot ETH1 = new Slot("eth1", false);
  private static final Slot ETH1_SIX = new Slot("eth1", true);
  private static final Instant BEFORE = Instant.parse("2026-11-21T13:00:00Z");

  private static final String FOUR =
      """
      lease {
        interface "eth1";
        fixed-address 10.77.1.125;
        option subnet-mask 255.255.255.0;
        option routers 10.77.1.1,10.77.1.2;
        option dhcp-lease-time 120;
        option dhcp-message-type 5;
        option domain-name-servers 10.77.1.1,9.9.9.9;
        option dhcp-server-identifier 10.77.1.1;
        option domain-search "rig.example.", "corp.example.";
        option interface-mtu 1400;
        option ntp-servers 10.77.1.1,10.77.1.9;
        option host-name "vm";
        option domain-name "rig.example";
        renew 6 2026/11/21 13:44:44;
        rebind 6 2026/11/21 13:45:35;
        expire 6 2026/11/21 13:45:50;
      }
      """;

  private static final String SIX =
      """
      default-duid "\\000\\001\\000\\0012\\224\\\\\\344b\\310\\217\\314TH";
      lease6 {
        interface "eth1";
        ia-na 8f:cc:54:48 {
          starts 1795268710;
          renew 60;
          rebind 105;
          iaaddr fd77:1::127 {
            starts 1795268710;
            preferred-life 120;
            max-life 120;
          }
          iaaddr fd77:1::128 {
            starts 1795268710;
            preferred-life 60;
            max-life 4294967295;
          }
        }
        ia-pd 8f:cc:54:49 {
          starts 1795268700;
          iaprefix 2001:db8:5::/56 {
            starts 1795268700;
            preferred-life 120;
            max-life 240;
          }
        }
        option dhcp6.server-id 0:1:0:1:32:94:5c:e2:96:56:5f:e5:9:ea;
        option dhcp6.name-servers fd77:1::1,2620:fe::fe;
        option dhcp6.domain-search "six.example.";
        option dhcp6.status-code success "success";
      }
      """;

  private final Tally tally = new Tally();

  private Map<Slot, Grant> read(String file) {
    return LeaseBlocks.read(file.getBytes(StandardCharsets.ISO_8859_1), tally);
  }

  private Grant one(String file) {
    Grant grant = read(file).get(ETH1);
    assertNotNull(grant, file);
    return grant;
  }

  private static IpAddress ip(String text) {
    return IpAddress.parse(text);
  }

  @Test
  void aLeaseOfIpv4HasAllThatTheServerTold() {
    Lease lease = one(FOUR).lease(ETH1, 7, BEFORE);
    assertEquals(7, lease.link());
    assertEquals("dhclient", lease.manager());
    assertEquals(List.of(IpPrefix.parse("10.77.1.125/24")), lease.addresses());
    assertEquals(List.of(ip("10.77.1.1"), ip("10.77.1.2")), lease.gateways());
    assertEquals(List.of(ip("10.77.1.1"), ip("9.9.9.9")), lease.nameServers());
    assertEquals(List.of("rig.example", "corp.example"), lease.domains());
    assertEquals("vm", lease.hostName());
    assertEquals(1400, lease.mtu());
    assertEquals(ip("10.77.1.1"), lease.server());
    assertEquals(Instant.parse("2026-11-21T13:43:50Z"), lease.renewed());
    assertEquals(Instant.parse("2026-11-21T13:45:50Z"), lease.expires());
    assertEquals("10.77.1.1 10.77.1.9", lease.options().get("ntp-servers"));
    assertFalse(lease.options().containsKey("routers"), "it is told once");
    assertEquals(0, tally.malformed());
  }

  @Test
  void aLeaseOfIpv6LosesItsAddressesOneByOne() {
    Grant grant = read(SIX).get(ETH1_SIX);
    assertNotNull(grant);
    Lease lease = grant.lease(ETH1_SIX, 7, Instant.ofEpochSecond(1795268720));
    assertEquals(
        List.of(IpPrefix.parse("fd77:1::127/128"), IpPrefix.parse("fd77:1::128/128")),
        lease.addresses());
    assertEquals(List.of(ip("fd77:1::1"), ip("2620:fe::fe")), lease.nameServers());
    assertEquals(List.of("six.example"), lease.domains());
    assertEquals(Instant.ofEpochSecond(1795268710), lease.renewed());
    assertNull(lease.expires(), "one of them lasts for ever");
    assertEquals("2001:db8:5::/56", lease.options().get("delegated-prefixes"));
    assertTrue(lease.six());

    Instant later = Instant.ofEpochSecond(1795268830);
    assertEquals(Instant.ofEpochSecond(1795268940), grant.nextEnd(later));
    assertEquals(
        List.of(IpPrefix.parse("fd77:1::128/128")), grant.lease(ETH1_SIX, 7, later).addresses());
    assertTrue(grant.lasts(Instant.ofEpochSecond(9_000_000_000L)));
  }

  @Test
  void aReleasedLeaseOfIpv6IsOver() {
    String released =
        SIX.replace("  option dhcp6.server-id", "  released;\n  option dhcp6.server-id");
    Grant grant = read(SIX + released).get(ETH1_SIX);
    assertNotNull(grant);
    assertFalse(grant.lasts(Instant.ofEpochSecond(1795268720)));
  }

  @Test
  void theLastBlockOfEachLinkAndFamilyCounts() {
    String other = FOUR.replace("eth1", "eth2").replace("125", "77");
    String again = FOUR.replace("10.77.1.125", "10.77.1.126");
    Map<Slot, Grant> read = read(FOUR + other + SIX + again);
    assertEquals(3, read.size());
    assertEquals(List.of(ip("10.77.1.126")), one(FOUR + other + SIX + again).addresses());
    Grant second = read.get(new Slot("eth2", false));
    assertNotNull(second);
    assertEquals(List.of(ip("10.77.1.77")), second.addresses());
  }

  @Test
  void aReleaseIsABlockThatEndsWhereItBegins() {
    String released = FOUR.replaceAll("13:4[45]:[0-9]+", "13:43:51");
    Grant grant = one(FOUR + released);
    assertFalse(grant.lasts(Instant.parse("2026-11-21T13:43:51Z")));
    assertTrue(grant.lasts(Instant.parse("2026-11-21T13:43:50.9Z")));
  }

  /** Whatever part of the last block was written, the block before counts. */
  @Test
  void aBlockThatIsNotWholeYetIsNotThere() {
    String again = FOUR.replace("10.77.1.125", "10.77.1.126");
    int whole = again.lastIndexOf('}');
    for (int cut = 0; cut <= whole; cut++) {
      String file = FOUR + again.substring(0, cut);
      assertEquals(List.of(ip("10.77.1.125")), one(file).addresses(), file);
    }
    assertEquals(List.of(ip("10.77.1.126")), one(FOUR + again.substring(0, whole + 1)).addresses());
    assertEquals(0, tally.malformed());
  }

  /** A crash cuts a block short, and the next dhclient appends behind it. */
  @Test
  void aBlockBehindOneThatWasCutShortCounts() {
    int whole = FOUR.lastIndexOf('}');
    String again = FOUR.replace("10.77.1.125", "10.77.1.126");
    for (int cut = 1; cut <= whole; cut++) {
      String file = FOUR.substring(0, cut) + "\n" + again;
      assertEquals(List.of(ip("10.77.1.126")), one(file).addresses(), file);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "6 2026/11/21 13:45:50, 2026-11-21T13:45:50Z",
    "6 2027/1/2 3:4:5, 2027-01-02T03:04:05Z",
    "epoch 1795268750, 2026-11-21T13:45:50Z",
    "'epoch 1795268750; # Sat Nov 21 13:45:50 2026', 2026-11-21T13:45:50Z",
    "epoch 999999999999, 9999-12-31T23:59:59Z",
  })
  void timesAreOfUtcAndInTwoForms(String words, Instant end) {
    assertEquals(end, one(FOUR.replace("6 2026/11/21 13:45:50", words)).nextEnd(BEFORE));
  }

  @Test
  void whatNeverExpiresHasNoEnd() {
    Grant grant = one(FOUR.replace("6 2026/11/21 13:45:50", "never"));
    assertNull(grant.lease(ETH1, 1, BEFORE).expires());
    assertNull(grant.lease(ETH1, 1, BEFORE).renewed());
    assertTrue(grant.lasts(Instant.MAX));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "soon",
        "6 2026/13/41 13:45:50",
        "6 2026/11/21",
        "epoch x",
        "6 99999/1/1 0:0:0",
        "epoch 9999999999999999999999"
      })
  void aLeaseWithoutAnIntelligibleEndIsLeftOutAndCounted(String words) {
    assertNull(read(FOUR.replace("6 2026/11/21 13:45:50", words)).get(ETH1));
    assertEquals(1, tally.malformed());
  }

  @Test
  void quotesAndEscapesAreUndoneAndWhatIsLeftIsData() {
    Lease lease =
        one(FOUR.replace(
                "  option host-name \"vm\";",
                """
                  option host-name "a\\"b\\012\\$(id)";
                  option tftp-server-name "evil\\\\\\"; touch /run/x";
                  option dhcp-message "hello\\012w\\303\\266rld { } # not a comment";
                  option filename "\\033[31mred\\x07";
                """))
            .lease(ETH1, 1, BEFORE);
    assertEquals("", lease.hostName(), "that is the name of no host");
    assertEquals("a\"b\\x0a$(id)", lease.options().get("host-name"));
    assertEquals("evil\\\\\"; touch /run/x", lease.options().get("tftp-server-name"));
    assertEquals("hello\\x0awörld { } # not a comment", lease.options().get("dhcp-message"));
    assertEquals("\\x1b[31mred\\x07", lease.options().get("filename"));
    assertEquals(1, tally.malformed());
  }

  @Test
  void domainsAndAddressesThatAreNoneAreLeftOutAndCounted() {
    Lease lease =
        one(FOUR.replace("\"rig.example.\", \"corp", "\"$(id).example.\", \"corp")
                .replace("10.77.1.1,9.9.9.9", "10.77.1.999,9.9.9.9,fe80::1,127.1")
                .replace("interface-mtu 1400", "interface-mtu 99999999999999999999")
                .replace("255.255.255.0", "255.0.255.0"))
            .lease(ETH1, 1, BEFORE);
    assertEquals(List.of("rig.example", "corp.example"), lease.domains());
    assertEquals(List.of(ip("9.9.9.9")), lease.nameServers());
    assertEquals(0, lease.mtu());
    assertEquals(List.of(IpPrefix.parse("10.77.1.125/32")), lease.addresses());
    assertEquals(6, tally.malformed());
  }

  @Test
  void routesWithoutClassesTellTheGatewayInsteadOfTheRouters() {
    String with =
        FOUR.replace(
            "  option host-name",
            "  option rfc3442-classless-static-routes 24,192,168,10,192,168,1,1,0,10,77,1,7;\n"
                + "  option host-name");
    assertEquals(List.of(ip("10.77.1.7")), one(with).gateways());
    String without = with.replace(",0,10,77,1,7;", ";");
    assertEquals(List.of(), one(without).gateways(), "it tells of no way out");
    String broken = with.replace(",1,7;", ";");
    assertEquals(List.of(ip("10.77.1.1"), ip("10.77.1.2")), one(broken).gateways());
    assertEquals(1, tally.malformed());
  }

  @Test
  void aBlockWithoutInterfaceOrAddressIsLeftOut() {
    assertEquals(Map.of(), read(FOUR.replace("interface \"eth1\";", "")));
    assertEquals(Map.of(), read(FOUR.replace("fixed-address 10.77.1.125;", "")));
    assertEquals(Map.of(), read(FOUR.replace("10.77.1.125;", "1.2.3;")));
    assertEquals(3, tally.malformed());
  }

  @Test
  void aNameOfALinkIsData() {
    assertTrue(read(FOUR.replace("\"eth1\"", "\"\\$(id)\"")).containsKey(new Slot("$(id)", false)));
    assertTrue(read(FOUR.replace("\"eth1\"", "\"a;b\"")).containsKey(new Slot("a;b", false)));
    assertTrue(
        read(FOUR.replace("\"eth1\"", "\"x\\033y\"")).containsKey(new Slot("x\\x1by", false)));
  }

  @Test
  void hostileSizesAreBounded() {
    String deep = "lease {\n" + "x {".repeat(100_000) + "}".repeat(100_000) + "}\n";
    assertEquals(List.of(ip("10.77.1.125")), one(deep + FOUR).addresses());
    String open = "x {".repeat(200_000);
    assertEquals(List.of(ip("10.77.1.125")), one(FOUR + open).addresses());
    String longText = "  option bootfile-name \"" + "a".repeat(500_000) + "\";\n  option host-name";
    Lease lease = one(FOUR.replace("  option host-name", longText)).lease(ETH1, 1, BEFORE);
    assertEquals(1025, String.valueOf(lease.options().get("bootfile-name")).length());
    StringBuilder many = new StringBuilder();
    for (int i = 0; i < 5000; i++) {
      many.append("  option x").append(i).append(" 1;\n");
    }
    Lease wide =
        one(FOUR.replace("  option host-name", many + "  option host-name")).lease(ETH1, 1, BEFORE);
    assertEquals(64, wide.options().size());
    StringBuilder links = new StringBuilder();
    for (int i = 0; i < 3000; i++) {
      links.append(FOUR.replace("eth1", "e" + i));
    }
    assertEquals(1000, read(links.toString()).size());
    String servers = "1.1.1.1," + "9.9.9.9,".repeat(10_000) + "8.8.8.8";
    assertEquals(2, one(FOUR.replace("10.77.1.1,9.9.9.9", servers)).nameServers().size());
  }

  /** Whatever bytes there are: it ends, throws nothing, and the good block in front is found. */
  @Test
  void noBytesHarm() {
    Random random = new Random(42);
    byte[] both = (FOUR + SIX).getBytes(StandardCharsets.ISO_8859_1);
    byte[] signs = "{};,\"\\#\n 0x\0é".getBytes(StandardCharsets.ISO_8859_1);
    for (int round = 0; round < 20_000; round++) {
      byte[] bad = Arrays.copyOf(both, random.nextInt(both.length) + 1);
      for (int change = random.nextInt(6); change >= 0; change--) {
        bad[random.nextInt(bad.length)] =
            random.nextBoolean() ? (byte) random.nextInt(256) : signs[random.nextInt(signs.length)];
      }
      for (Map.Entry<Slot, Grant> lease : LeaseBlocks.read(bad, tally).entrySet()) {
        assertNotNull(lease.getValue().lease(lease.getKey(), 1, BEFORE));
      }
    }
  }
}
