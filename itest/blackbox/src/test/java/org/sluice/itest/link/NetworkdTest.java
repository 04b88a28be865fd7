// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What the product says of a real systemd-networkd, against what that says of itself. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class NetworkdTest {
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

  private static ManagedHost host() throws Exception {
    return ManagedHost.create("dnsmasq", "busctl", "/lib/systemd/systemd-networkd");
  }

  private static ManagedPicture launch(ManagedHost host, SluiceProcess sluice) throws Exception {
    host.launch(sluice);
    return new ManagedPicture(host, sluice);
  }

  private static void awaitLive(ManagedPicture picture) throws Exception {
    picture.await("the picture of networkd", () -> picture.condition(MANAGER).equals("LIVE"));
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

  private static String ourWords(ManagedPicture picture) {
    String words = picture.words(MANAGER, ManagedHost.LINK);
    return words.substring(words.indexOf(' ') + 1);
  }

  private static void awaitAgreement(ManagedHost host, ManagedPicture picture) throws Exception {
    picture.await(
        "agreement with networkd about eth1", () -> itsWords(host).equals(ourWords(picture)));
  }

  @Test
  void oneFamilyIsReadyBeforeTheOther() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
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
      ManagedPicture picture = launch(host, sluice);
      picture.await("IPv6", () -> picture.count("ready-ipv6") == 1);
      picture.await(
          "what networkd says of IPv6",
          () -> ourWords(picture).equals("configuring routable OFF ROUTABLE"));
      assertEquals(0, picture.count("ready-ipv4"));
      assertEquals(List.of(), picture.leases());

      host.dhcpServer();
      picture.await("IPv4", () -> picture.count("ready-ipv4") == 1);
      picture.await(
          "what networkd says of both",
          () ->
              picture
                  .words(MANAGER, "eth1")
                  .equals("CONFIGURED configured routable ROUTABLE ROUTABLE"));
      awaitAgreement(host, picture);
      assertEquals(1, picture.count("lease-acquired"));
      JsonValue management = picture.management(MANAGER, "eth1");
      assertEquals("/run/systemd/network/10-eth1.network", text(management, "profile"));
      assertTrue(
          items(member(management, "nameServers")).stream()
              .map(Namespace::text)
              .toList()
              .containsAll(List.of("fd77:1::1", "10.77.1.1", "9.9.9.9")),
          () -> picture.sluice().command("link:managers", "--json").out());
      assertEquals(
          List.of("example.net", "route.example"),
          items(member(management, "domains")).stream().map(Namespace::text).toList());
      assertEquals("ROUTABLE", text(picture.management(MANAGER, ""), "ipv4"));
    }
  }

  @Test
  void aLeaseIsAcquiredRenewedAndLost() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      ManagedPicture picture = launch(host, sluice);
      picture.await("nobody", () -> picture.condition(MANAGER).equals("ABSENT"));
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
          java.time.Duration.ofMinutes(2),
          java.time.Duration.between(
              java.time.Instant.parse(text(lease, "renewed")),
              java.time.Instant.parse(text(lease, "expires"))));

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
  void aLeaseOfTheSixthVersionIsOneToo() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer(ManagedHost.six());
      host.networkd("[Network]\nDHCP=ipv6\nIPv6AcceptRA=yes\n");
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(true));
      JsonValue lease = picture.lease(true);
      String address = text(items(member(lease, "addresses")).getFirst());
      assertTrue(address.startsWith("fd77:1::1"), address);
      assertTrue(address.endsWith("/128"), address);
      assertFalse(text(lease, "expires").isEmpty());
      host.cable(false);
      picture.await("the loss", () -> !picture.leased(true));
      assertTrue(picture.count("lease-lost") >= 1);
    }
  }

  @Test
  void aCableThatIsPulledTwentyTimesLeavesNothingStale() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkd(DHCP + "[Address]\nAddress=fd77:1::55/64\nDuplicateAddressDetection=none\n");
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      for (int i = 0; i < 20; i++) {
        host.cable(false);
        Thread.sleep(i * 30L);
        host.cable(true);
        Thread.sleep(i * 20L);
      }
      host.await("networkd to be done", () -> itsWords(host).startsWith("configured routable"));
      awaitAgreement(host, picture);
      picture.await("the lease", () -> picture.leased(false));
      host.cable(false);
      host.await("networkd to notice", () -> itsWords(host).contains("no-carrier"));
      awaitAgreement(host, picture);
      picture.await("no lease", () -> picture.leases().isEmpty());
      assertEquals(
          picture.count("lease-acquired"),
          picture.count("lease-lost"),
          () -> picture.happenings().toString());
    }
  }

  @Test
  void aRestartOfTheManagerIsNoStorm() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      ManagedDaemon networkd = host.networkd(DHCP);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitAgreement(host, picture);
      String lease = text(items(member(picture.lease(false), "addresses")).getFirst());

      networkd.kill();
      picture.await("the loss of touch", () -> picture.condition(MANAGER).equals("FAILING"));
      assertTrue(picture.leased(false), "facts stay for a while");
      host.networkd("");
      awaitLive(picture);
      host.await("networkd to be done", () -> itsWords(host).startsWith("configured routable"));
      awaitAgreement(host, picture);
      assertEquals(lease, text(items(member(picture.lease(false), "addresses")).getFirst()));
      assertEquals(0, picture.count("lease-lost"), () -> picture.happenings().toString());
      assertEquals(0, picture.count("lease-changed"), () -> picture.happenings().toString());
    }
  }

  @Test
  void aManagerThatStaysAwayIsAbsent() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      ManagedDaemon networkd = host.networkd(DHCP);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      networkd.stop();
      picture.await("its absence", () -> picture.condition(MANAGER).equals("ABSENT"));
      assertEquals(List.of(), picture.leases());
      assertEquals("", picture.words(MANAGER, "eth1"));
      picture.await("the word for it", () -> picture.count("lease-lost") == 1);
      String health = sluice.command("host:health", "--json").out();
      assertTrue(health.contains("does not own org.freedesktop.network1"), health);
      host.networkd("");
      awaitLive(picture);
      picture.await("the lease again", () -> picture.leased(false));
    }
  }

  @Test
  void theBusMayGoAndCome() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.dhcpServer();
      ManagedPicture picture = launch(host, sluice);
      picture.await("no bus", () -> picture.condition(MANAGER).equals("ABSENT"));
      ManagedDaemon bus = host.bus();
      ManagedDaemon networkd = host.networkd(DHCP);
      picture.await("the lease", () -> picture.leased(false));
      bus.kill();
      picture.await("the loss of touch", () -> picture.condition(MANAGER).equals("FAILING"));
      assertTrue(picture.leased(false), "facts stay while there is nobody to ask");
      assertTrue(
          sluice.command("host:health").out().contains("cannot be reached"),
          sluice.command("host:health").out());
      host.bus();
      // It does not come back to a bus that was restarted by itself.
      networkd.kill();
      host.networkd("");
      awaitLive(picture);
      host.await("networkd to be done", () -> itsWords(host).startsWith("configured routable"));
      awaitAgreement(host, picture);
    }
  }

  @Test
  void nobodyElseSpeaksForTheManager() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkd(DHCP);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitAgreement(host, picture);
      String index = Integer.toString(host.index("eth1"));
      String path = "/org/freedesktop/network1/link/_3" + index.charAt(0) + index.substring(1);
      ManagedDaemon monitor = host.start("monitor", "busctl", "--system", "monitor");
      host.await("the monitor", () -> monitor.log().contains("Monitoring bus"));
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
      host.await("the forgery on the bus", () -> monitor.log().contains("forged"));
      // What comes after it, and is believed, shows that it had its chance.
      host.cable(false);
      picture.await("the truth", () -> ourWords(picture).contains("no-carrier"));
      assertFalse(
          picture.happenings().stream().anyMatch(h -> h.contains("forged") || h.contains("linger")),
          () -> picture.happenings().toString());
      assertFalse(
          sluice.command("link:events", "--json").out().contains("forged"), "it was believed");
      assertEquals(
          0,
          picture.happenings().stream()
              .filter(h -> h.toLowerCase(Locale.ROOT).endsWith("silent"))
              .count());
    }
  }

  @Test
  void aBundleThatIsReplacedCausesNoHappening() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkd(DHCP);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      picture.await(
          "the end of it", () -> ourWords(picture).equals("configured routable ROUTABLE LINK"));
      picture.await("IPv4", () -> picture.count("ready-ipv4") == 1);
      List<String> before = picture.settled();
      BundleSwitch bundles = BundleSwitch.in(sluice);
      bundles.cycle("org.sluice.link.networkd", 1);
      picture.await("its picture", () -> picture.condition(MANAGER).equals("LIVE"));
      // From now on the table has the thread that waits for those that do not come back.
      List<String> threads = picture.threads();
      bundles.cycle("org.sluice.link.networkd", 20);
      picture.await("its picture", () -> picture.condition(MANAGER).equals("LIVE"));
      assertEquals(before, picture.happenings());
      assertTrue(picture.leased(false));
      picture.await("the threads from before", () -> picture.threads().equals(threads));
    }
  }
}
