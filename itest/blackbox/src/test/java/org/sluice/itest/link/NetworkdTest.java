// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What the product says of a real systemd-networkd, against what that says of itself. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class NetworkdTest extends ManagerStories {
  private static final String MANAGER = "networkd";
  private static final String DHCP =
      """
      [Network]
      DHCP=ipv4
      IPv6AcceptRA=no
      Domains=~route.example
      [DHCPv4]
      UseDomains=yes
      """;

  NetworkdTest() {
    super(MANAGER, "org.freedesktop.network1");
  }

  @Override
  ManagedHost host() throws Exception {
    return ManagedHost.create("dnsmasq", "busctl", "/lib/systemd/systemd-networkd");
  }

  @Override
  ManagedDaemon begin(ManagedHost host) throws Exception {
    return host.networkd(DHCP);
  }

  @Override
  void beginSix(ManagedHost host) throws Exception {
    host.networkd("[Network]\nDHCP=ipv6\nIPv6AcceptRA=yes\n");
  }

  @Override
  void beginBoth(ManagedHost host) throws Exception {
    host.networkd(
        """
        [Network]
        DHCP=ipv4
        IPv6AcceptRA=no
        Address=fd77:1::55/64
        DNS=fd77:1::1
        Domains=example.net ~route.example
        [Route]
        Gateway=fd77:1::1
        """);
  }

  @Override
  ManagedDaemon again(ManagedHost host) throws Exception {
    return host.networkd("");
  }

  @Override
  void awaitDone(ManagedHost host, ManagedPicture picture) throws Exception {
    host.await(
        "networkd to be done", () -> itsWords(host).equals("configured routable ROUTABLE LINK"));
    awaitAgreement(host, picture);
  }

  @Override
  void whenBothAreReady(ManagedHost host, ManagedPicture picture) throws Exception {
    picture.await(
        "what networkd says of both",
        () -> words(picture).equals("CONFIGURED configured routable ROUTABLE ROUTABLE"));
    awaitAgreement(host, picture);
    JsonValue management = picture.management(MANAGER, "eth1");
    assertEquals("/run/systemd/network/10-eth1.network", text(management, "profile"));
    assertEquals(
        List.of("example.net", "route.example"),
        items(member(management, "domains")).stream().map(Namespace::text).toList());
    picture.await(
        "the host", () -> text(picture.management(MANAGER, ""), "ipv4").equals("ROUTABLE"));
    picture.await("how often it was asked", () -> picture.calls("Describe") > 0);
  }

  @Override
  void whenSixIsLeased(ManagedHost host, ManagedPicture picture) throws Exception {
    assertNotEquals("", text(picture.lease(true), "expires"));
    host.cable(false);
    picture.await("the loss", () -> !picture.leased(true));
    picture.await("the word for it", () -> picture.count("lease-lost") >= 1);
  }

  @Override
  List<String> forge(ManagedHost host) throws Exception {
    String index = Integer.toString(host.index("eth1"));
    String path = "/org/freedesktop/network1/link/_3" + index.charAt(0) + index.substring(1);
    host.run(
        "setpriv",
        "--reuid=65534",
        "--clear-groups",
        "busctl",
        "--system",
        "emit",
        path,
        "org.freedesktop.DBus.Properties",
        "PropertiesChanged",
        "sa{sv}as",
        "org.freedesktop.network1.Link",
        "2",
        "OperationalState",
        "s",
        "forged",
        "AdministrativeState",
        "s",
        "linger",
        "0");
    return List.of("forged", "forged", "linger", "silent");
  }

  /** What networkd says of eth1 on the bus. */
  private static JsonValue described(ManagedHost host) throws Exception {
    String answer =
        host.run(
            "busctl",
            "--system",
            "--json=short",
            "call",
            "org.freedesktop.network1",
            "/org/freedesktop/network1",
            "org.freedesktop.network1.Manager",
            "DescribeLink",
            "i",
            Integer.toString(host.index(ManagedHost.LINK)));
    return Namespace.json(text(items(member(Namespace.json(answer), "data")).getFirst()));
  }

  private static String reach(String word) {
    return switch (word) {
      case "off" -> "OFF";
      case "degraded" -> "LINK";
      case "routable" -> "ROUTABLE";
      default -> "UNKNOWN";
    };
  }

  /** Setup, operational and both families, as networkd says it. */
  private static String itsWords(ManagedHost host) throws Exception {
    JsonValue said = described(host);
    return String.join(
        " ",
        text(said, "AdministrativeState"),
        text(said, "OperationalState"),
        reach(text(said, "IPv4AddressState")),
        reach(text(said, "IPv6AddressState")));
  }

  private String ourWords(ManagedPicture picture) {
    String words = words(picture);
    return words.substring(words.indexOf(' ') + 1);
  }

  private void awaitAgreement(ManagedHost host, ManagedPicture picture) throws Exception {
    picture.await(
        "agreement with networkd about eth1", () -> itsWords(host).equals(ourWords(picture)));
  }

  @Test
  void aLeaseIsAcquiredRenewedAndLost() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      // Long enough for nothing to be renewed unasked.
      host.dhcpServer(Duration.ofMinutes(10));
      ManagedPicture picture = launch(host, sluice);
      awaitCondition(picture, "ABSENT");
      host.networkd(DHCP);
      picture.await("the lease", () -> picture.count("lease-acquired") == 1);
      picture.await("the address", () -> ourWords(picture).startsWith("configured routable"));

      JsonValue lease = picture.lease(false);
      String address = text(items(member(lease, "addresses")).getFirst());
      assertTrue(host.ip("-o -4 addr show dev eth1").contains(" " + address + " "), address);
      assertEquals("eth1", text(lease, "link"));
      assertEquals(MANAGER, text(lease, "manager"));
      assertEquals("10.77.1.1", text(items(member(lease, "gateways")).getFirst()));
      assertEquals(
          List.of("10.77.1.1", "9.9.9.9"),
          items(member(lease, "nameServers")).stream().map(Namespace::text).toList());
      assertEquals(
          List.of("rig.example", "corp.example"),
          items(member(lease, "domains")).stream().map(Namespace::text).toList());
      assertEquals("10.77.1.1", text(lease, "server"));
      assertEquals(
          Duration.ofMinutes(10),
          Duration.between(
              Instant.parse(text(lease, "renewed")), Instant.parse(text(lease, "expires"))));

      // What makes networkd write its files again is no renewal.
      host.ip("addr add 10.99.0.1/24 dev eth1");
      host.ip("addr add fd99::1/64 dev eth1 nodad");
      host.ip("addr del 10.99.0.1/24 dev eth1");
      awaitAgreement(host, picture);
      assertEquals(0, picture.count("lease-renewed"), () -> picture.happenings().toString());

      // What is renewed within two seconds cannot be told from what was not.
      Thread.sleep(2500);
      host.run("networkctl", "renew", "eth1");
      picture.await("the renewal", () -> picture.count("lease-renewed") == 1);
      assertNotEquals(text(lease, "expires"), text(picture.lease(false), "expires"));
      assertEquals(0, picture.count("lease-changed"));
      assertEquals(0, picture.count("lease-lost"));

      host.cable(false);
      picture.await("the loss", () -> picture.count("lease-lost") == 1);
      assertEquals(List.of(), picture.leases());
      host.cable(true);
      picture.await("the lease again", () -> picture.count("lease-acquired") == 2);
      awaitAgreement(host, picture);
      assertEquals(1, picture.count("lease-renewed"), () -> picture.happenings().toString());

      host.ip("link del eth1");
      picture.await("the end", () -> picture.count("lease-lost") == 2);
      picture.await("no word of a link that went", () -> picture.words(MANAGER, "eth1").isEmpty());
    }
  }

  @Test
  void aCableThatIsPulledFiftyTimesLeavesNothingStale() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkd(DHCP + "[Address]\nAddress=fd77:1::55/64\nDuplicateAddressDetection=none\n");
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      for (int i = 0; i < 50; i++) {
        host.cable(false);
        Thread.sleep(i % 10 * 50L);
        host.cable(true);
        Thread.sleep(i % 7 * 40L);
      }
      host.await("networkd to be done", () -> itsWords(host).startsWith("configured routable"));
      awaitAgreement(host, picture);
      picture.await("the lease", () -> picture.leased(false));
      host.cable(false);
      host.await("networkd to notice", () -> itsWords(host).contains("no-carrier"));
      awaitAgreement(host, picture);
      picture.await("no lease", () -> picture.leases().isEmpty());
      picture.await(
          "an end to each lease",
          () -> {
            long acquired = picture.total("lease-acquired");
            return acquired > 0 && acquired == picture.total("lease-lost");
          });
    }
  }
}
