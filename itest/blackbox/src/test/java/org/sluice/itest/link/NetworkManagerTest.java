// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
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

/** What the product says of a real NetworkManager, against what that says of itself. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class NetworkManagerTest extends ManagerStories {
  private static final String MANAGER = "networkmanager";

  NetworkManagerTest() {
    super(MANAGER, "org.freedesktop.NetworkManager");
  }

  @Override
  ManagedHost host() throws Exception {
    return ManagedHost.create("dnsmasq", "busctl", "NetworkManager", "nmcli");
  }

  @Override
  ManagedDaemon begin(ManagedHost host) throws Exception {
    ManagedDaemon daemon = host.networkManager();
    connect(host, "ipv6.method", "disabled");
    return daemon;
  }

  @Override
  void beginSix(ManagedHost host) throws Exception {
    host.networkManager();
    connect(host, "ipv4.method", "disabled");
  }

  @Override
  void beginBoth(ManagedHost host) throws Exception {
    host.networkManager();
    connect(
        host,
        "ipv6.method",
        "manual",
        "ipv6.addresses",
        "fd77:1::55/64",
        "ipv6.gateway",
        "fd77:1::1",
        "ipv6.dns",
        "fd77:1::1");
  }

  @Override
  ManagedDaemon again(ManagedHost host) throws Exception {
    return host.networkManagerAgain();
  }

  @Override
  void awaitDone(ManagedHost host, ManagedPicture picture) throws Exception {
    picture.await("activity", () -> words(picture).startsWith("CONFIGURED activated"));
    host.await("agreement", () -> its(host, "GENERAL.STATE").startsWith("100"));
  }

  @Override
  void whenBothAreReady(ManagedHost host, ManagedPicture picture) throws Exception {
    awaitDone(host, picture);
  }

  @Override
  void whenSixIsLeased(ManagedHost host, ManagedPicture picture) {
    // It tells no more of it than the address.
    assertEquals(1, picture.leases().size());
  }

  @Override
  List<String> forge(ManagedHost host) throws Exception {
    host.run(
        "setpriv",
        "--reuid=65534",
        "--clear-groups",
        "busctl",
        "--system",
        "emit",
        its(host, "GENERAL.DBUS-PATH"),
        "org.freedesktop.NetworkManager.Device",
        "StateChanged",
        "uuu",
        "120",
        "100",
        "66");
    return List.of("UINT32 66", "failed");
  }

  /** A connection for eth1 that NetworkManager brings up by itself. */
  private static void connect(ManagedHost host, String... settings) throws Exception {
    String[] add = {
      "nmcli", "connection", "add", "type", "ethernet", "ifname", "eth1", "con-name", "rig line"
    };
    host.run(
        java.util.stream.Stream.of(add, settings)
            .flatMap(java.util.Arrays::stream)
            .toArray(String[]::new));
  }

  /** What NetworkManager says of a device by its own tool. */
  private static String its(ManagedHost host, String field) throws Exception {
    return host.run("nmcli", "-t", "-g", field, "device", "show", "eth1").strip();
  }

  @Test
  void everyStateIsToldAndTheLease() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer("--dhcp-option-force=252,$(touch /run/pwned)\"'\u001b[31m\\n;");
      ManagedPicture picture = launch(host, sluice);
      awaitCondition(picture, "ABSENT");
      host.networkManager();
      awaitCondition(picture, "LIVE");
      picture.await("the device", () -> words(picture).contains(" disconnected "));

      connect(host, "ipv6.method", "disabled");
      picture.await("the lease", () -> picture.count("lease-acquired") == 1);
      picture.await("the end of it", () -> words(picture).startsWith("CONFIGURED activated"));
      picture.await("an address", () -> words(picture).endsWith(" ROUTABLE OFF"));
      picture.await("IPv4", () -> picture.count("ready-ipv4") == 1);
      picture.await(
          "the word for it",
          () ->
              picture.happenings().stream()
                  .anyMatch(h -> h.startsWith("manager-state networkmanager activated")));
      assertEquals(
          List.of("prepare", "config", "ip-config", "ip-check", "secondaries", "activated"),
          picture.happenings().stream()
              .filter(h -> h.startsWith("manager-state networkmanager "))
              .map(h -> h.split(" ")[2])
              .dropWhile(word -> !word.equals("prepare"))
              .distinct()
              .toList(),
          () -> picture.happenings().toString());

      JsonValue lease = picture.lease(false);
      assertEquals(its(host, "IP4.ADDRESS"), text(items(member(lease, "addresses")).getFirst()));
      assertEquals("eth1", text(lease, "link"));
      assertEquals(MANAGER, text(lease, "manager"));
      assertEquals("10.77.1.1", text(items(member(lease, "gateways")).getFirst()));
      assertEquals(
          List.of("10.77.1.1", "9.9.9.9"),
          items(member(lease, "nameServers")).stream().map(Namespace::text).toList());
      assertEquals(
          List.of("rig.example", "corp.example"),
          items(member(lease, "domains")).stream().map(Namespace::text).toList());
      assertEquals("1400", text(lease, "mtu"));
      assertEquals("10.77.1.1", text(lease, "server"));
      assertEquals(
          Duration.ofMinutes(2),
          Duration.between(
              Instant.parse(text(lease, "renewed")), Instant.parse(text(lease, "expires"))));
      String wpad = text(member(lease, "options"), "wpad");
      assertTrue(wpad.startsWith("$(touch"), wpad);
      assertTrue(wpad.chars().noneMatch(Character::isISOControl), "it could act on a terminal");
      assertFalse(host.attempt("test", "-e", "/run/pwned").exit() == 0, "it was run");

      JsonValue management = picture.management(MANAGER, "eth1");
      assertEquals("rig\\x20line", text(management, "profile"));
      picture.await(
          "the name servers",
          () ->
              items(member(picture.management(MANAGER, "eth1"), "nameServers")).stream()
                  .map(Namespace::text)
                  .toList()
                  .equals(List.of("10.77.1.1", "9.9.9.9")));
      picture.await(
          "the host", () -> picture.words(MANAGER, "").startsWith("CONFIGURED connected-global"));

      // NetworkManager renews after half of the time, and says so by one property.
      picture.await(
          "the renewal", Duration.ofSeconds(100), () -> picture.count("lease-renewed") == 1);
      assertTrue(
          Instant.parse(text(picture.lease(false), "expires"))
              .isAfter(Instant.parse(text(lease, "expires"))));
      assertEquals(0, picture.count("lease-changed"));
      assertEquals(0, picture.count("lease-lost"));

      host.run("nmcli", "connection", "down", "rig line");
      picture.await("the loss", () -> picture.count("lease-lost") == 1);
      picture.await("the end", () -> words(picture).startsWith("WAITING disconnected"));
      host.ip("link del eth1");
      picture.await("no word of a link that went", () -> words(picture).isEmpty());
    }
  }

  @Test
  void aPulledCableIsToldAtOnceAndAgainWhenItGivesUp() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      host.networkManager(Duration.ofSeconds(20));
      connect(host, "ipv6.method", "disabled");
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      picture.await("the end of it", () -> words(picture).startsWith("CONFIGURED activated"));
      host.cable(false);
      picture.await(
          "the cable", () -> words(picture).startsWith("CONFIGURED activated no-carrier"));
      assertTrue(picture.leased(false), "it holds on to the lease for a while");
      picture.await(
          "that it gives up", () -> words(picture).startsWith("WAITING unavailable no-carrier"));
      picture.await("the loss", () -> picture.count("lease-lost") == 1);
      for (int i = 0; i < 10; i++) {
        host.cable(i % 2 == 0);
        Thread.sleep(i * 30L);
      }
      host.cable(true);
      picture.await("the lease again", () -> picture.leased(false));
      picture.await("activity", () -> words(picture).startsWith("CONFIGURED activated"));
      host.await("agreement", () -> its(host, "GENERAL.STATE").startsWith("100"));
      assertEquals(
          its(host, "IP4.ADDRESS"),
          text(items(member(picture.lease(false), "addresses")).getFirst()));
    }
  }
}
