// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** The product beside the real dhclient and a real DHCP server, with its hook and without. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class DhclientTest {
  private static final String FOLDER = "/run/sluice-dhclient";
  private static final String LEASES = "/var/lib/dhcp/dhclient.eth1.leases";
  private static final String CONFIGURATION = "/run/dhclient.conf";

  /** A host with a DHCP server, its link up, and dhclient told to think in seconds. */
  private static ManagedHost host(boolean hook, String... server) throws Exception {
    ManagedHost host = ManagedHost.create("dhclient", "dnsmasq");
    try {
      host.run("find", "/etc/dhcp", "-path", "*-hooks.d/*", "-delete");
      if (hook) {
        host.write(
            "/etc/dhcp/dhclient-exit-hooks.d/sluice",
            Files.readString(SluiceProcess.DIST.resolve("lib/dhclient-hook")));
      }
      patience(host, 60, 4);
      host.dhcpServer(server);
      host.ip("link set eth1 up");
      host.await("DAD", () -> host.ip("-o -6 addr show dev eth1 -tentative").contains("fe80:"));
      return host;
    } catch (Exception | Error e) {
      host.close();
      throw e;
    }
  }

  /** No server grants less than two minutes, but dhclient may be told to believe otherwise. */
  private static void patience(ManagedHost host, int lease, int renewal) throws Exception {
    host.write(
        CONFIGURATION,
        """
        timeout 30;
        retry 1;
        supersede dhcp-lease-time %d;
        supersede dhcp-renewal-time %d;
        supersede dhcp-rebinding-time %d;
        request subnet-mask, broadcast-address, routers, domain-name, domain-name-servers,
          domain-search, host-name, interface-mtu, ntp-servers, netbios-scope, tftp-server-name,
          dhcp6.name-servers, dhcp6.domain-search;
        """
            .formatted(lease, renewal, lease - 2));
  }

  private static ManagedDaemon dhclient(ManagedHost host, String family) throws Exception {
    return host.dhclient(family, "-cf", CONFIGURATION);
  }

  private static SluiceProcess launch(ManagedHost host, SluiceProcess sluice) throws Exception {
    host.launch(sluice);
    sluice.awaitTrue("dhclient is watched", () -> !source(sluice).isEmpty());
    return sluice;
  }

  private static List<JsonValue> ask(SluiceProcess sluice, String command) {
    SluiceProcess.Answer answer = sluice.command(command, "--json");
    assertEquals(0, answer.exit(), answer::toString);
    return items(answer.json());
  }

  /** The condition of the source and why, empty while there is none. */
  private static String source(SluiceProcess sluice) {
    return ask(sluice, "link:sources").stream()
        .filter(row -> text(row, "name").equals("dhclient"))
        .map(row -> text(row, "condition") + " " + text(row, "text"))
        .filter(words -> !words.startsWith("STARTING"))
        .findFirst()
        .orElse("");
  }

  private static List<JsonValue> leases(SluiceProcess sluice) {
    return ask(sluice, "link:leases");
  }

  private static String addresses(SluiceProcess sluice) {
    List<String> all = new ArrayList<>();
    leases(sluice).forEach(l -> items(member(l, "addresses")).forEach(a -> all.add(text(a))));
    return String.join(" ", all);
  }

  /** What managers had happen, in order. */
  private static List<String> happenings(SluiceProcess sluice) {
    return sluice
        .command("link:happenings", "--json")
        .out()
        .lines()
        .map(Namespace::json)
        .filter(row -> text(row, "happening").matches("lease-.*|manager-state"))
        .map(row -> (text(row, "happening") + " " + text(row, "subject")).strip())
        .toList();
  }

  private static void awaitHappening(SluiceProcess sluice, String begin) throws Exception {
    try {
      sluice.awaitTrue(begin, () -> happenings(sluice).stream().anyMatch(h -> h.startsWith(begin)));
    } catch (AssertionError e) {
      throw new AssertionError(
          begin + " is not among " + happenings(sluice) + "; " + source(sluice), e);
    }
  }

  private static long count(SluiceProcess sluice, String begin) {
    return happenings(sluice).stream().filter(h -> h.startsWith(begin)).count();
  }

  private static void release(ManagedHost host) throws Exception {
    host.run(
        "dhclient",
        "-4",
        "-r",
        "-cf",
        CONFIGURATION,
        "-pf",
        "/run/dhclient.eth1.pid",
        "-lf",
        LEASES,
        "eth1");
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLeaseIsAcquiredRenewedAndReleased(boolean hook) throws Exception {
    try (ManagedHost host = host(hook);
        SluiceProcess sluice = host.prepare()) {
      launch(host, sluice);
      assertEquals("ABSENT no dhclient runs here that looks after a link", source(sluice));
      dhclient(host, "-4");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      JsonValue lease = leases(sluice).getFirst();
      assertEquals("eth1", text(lease, "link"));
      assertEquals("dhclient", text(lease, "manager"));
      assertTrue(addresses(sluice).matches("10\\.77\\.1\\.1\\d\\d/24"), addresses(sluice));
      assertEquals("10.77.1.1", text(items(member(lease, "gateways")).getFirst()));
      assertEquals(
          List.of("10.77.1.1", "9.9.9.9"),
          items(member(lease, "nameServers")).stream().map(Namespace::text).toList());
      assertEquals(
          List.of("rig.example", "corp.example"),
          items(member(lease, "domains")).stream().map(Namespace::text).toList());
      assertEquals("1400", text(lease, "mtu"));
      assertEquals("10.77.1.1", text(lease, "server"));
      assertTrue(host.ip("-o addr show dev eth1").contains(addresses(sluice)));
      awaitHappening(sluice, "manager-state dhclient bound");
      assertEquals("LIVE", source(sluice).strip());

      awaitHappening(sluice, "lease-renewed " + addresses(sluice));
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
      assertEquals(0, count(sluice, "lease-lost"), happenings(sluice)::toString);
      assertEquals(0, count(sluice, "lease-changed"), happenings(sluice)::toString);
      assertEquals(1, count(sluice, "manager-state dhclient bound"), happenings(sluice)::toString);

      release(host);
      awaitHappening(sluice, "lease-lost 10.77.1.1");
      sluice.awaitTrue("the end", () -> source(sluice).startsWith("ABSENT"));
      assertEquals(List.of(), leases(sluice));
      assertEquals(List.of(), ask(sluice, "link:managers"));
      List<String> after = happenings(sluice);
      List<String> tail =
          after.subList(
              after.indexOf(
                  after.stream().filter(h -> h.startsWith("lease-lost")).findFirst().orElseThrow()),
              after.size());
      assertTrue(tail.stream().noneMatch(h -> h.contains("bound")), tail::toString);
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLeaseThatNobodyRenewsExpires(boolean hook) throws Exception {
    try (ManagedHost host = host(hook);
        SluiceProcess sluice = host.prepare()) {
      patience(host, 8, 4);
      launch(host, sluice);
      dhclient(host, "-4");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      // Nothing more is granted, and nothing refused either.
      host.peer("link set p1 mtu 68");
      host.run("ip", "-n", "peer", "addr", "flush", "dev", "p1");
      awaitHappening(sluice, "lease-lost 10.77.1.1");
      assertEquals(List.of(), leases(sluice));
      // The lease goes first, and then what is told of it.
      sluice.awaitTrue(
          "what it says of that",
          () ->
              ask(sluice, "link:managers").stream()
                  .anyMatch(
                      manager ->
                          !text(manager, "setup").contains("bound")
                              && text(manager, "ipv4").equals("OFF")));
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
      assertEquals(1, count(sluice, "lease-lost"), happenings(sluice)::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void bothFamiliesHaveTheirLease(boolean hook) throws Exception {
    try (ManagedHost host = host(hook, ManagedHost.six());
        SluiceProcess sluice = host.prepare()) {
      launch(host, sluice);
      dhclient(host, "-4");
      ManagedDaemon six = dhclient(host, "-6");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      awaitHappening(sluice, "lease-acquired fd77:1::1");
      awaitHappening(sluice, "manager-state dhclient bound bound6");
      JsonValue manager = ask(sluice, "link:managers").getFirst();
      assertEquals("CONFIGURED", text(manager, "stage"));
      assertEquals("ROUTABLE", text(manager, "ipv4"));
      assertEquals("ROUTABLE", text(manager, "ipv6"));
      six.stop();
      awaitHappening(sluice, "lease-lost fd77:1::1");
      assertEquals(0, count(sluice, "lease-lost 10."), happenings(sluice)::toString);
      assertEquals(1, leases(sluice).size());
    }
  }

  @Test
  void whatADhcpServerSaysIsData() throws Exception {
    try (ManagedHost host =
            host(
                true,
                "--dhcp-option-force=66,evil\"; touch /run/x; $(touch /run/x) `touch /run/x`\n|'*",
                "--dhcp-option-force=47,a\"b$(touch /run/x)",
                "--dhcp-option-force=12,$(touch /run/x)",
                "--dhcp-option-force=15,bad\"dom ain$(id)");
        SluiceProcess sluice = host.prepare()) {
      // Nothing is renewed, so the hook tells once.
      patience(host, 600, 300);
      launch(host, sluice);
      dhclient(host, "-4");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      JsonValue lease = leases(sluice).getFirst();
      assertEquals(
          "evil\"; touch /run/x; $(touch /run/x) `touch /run/x`\\x0a|'*",
          text(member(lease, "options"), "tftp-server-name"));
      assertEquals("", text(lease, "hostName"));
      assertFalse(Files.exists(host.file("/run/x")));
      assertFalse(Files.exists(host.file(FOLDER + "/x")));

      // The hook is called before the lease is written down.
      host.await("the lease in its file", () -> host.read(LEASES).contains("expire "));
      // Without the hook dhclient holds nothing back: these it does not tell its script.
      Files.delete(host.file(FOLDER + "/4-eth1"));
      sluice.awaitTrue(
          "the lease as the file has it",
          () ->
              leases(sluice).stream()
                  .anyMatch(
                      l ->
                          text(member(l, "options"), "netbios-scope")
                              .equals("a\"b$(touch /run/x)")));
      assertFalse(
          items(member(leases(sluice).getFirst(), "domains")).stream()
              .anyMatch(d -> text(d).contains("bad")));
      assertFalse(Files.exists(host.file("/run/x")));
      assertEquals(0, count(sluice, "lease-lost"), happenings(sluice)::toString);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aDhclientThatDiesIsMissedAndARestartIsNoLoss(boolean hook) throws Exception {
    try (ManagedHost host = host(hook);
        SluiceProcess sluice = host.prepare()) {
      patience(host, 60, 30);
      launch(host, sluice);
      ManagedDaemon first = dhclient(host, "-4");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      first.kill();
      sluice.awaitTrue(
          "it is missed",
          () ->
              source(sluice)
                  .equals("FAILING the dhclient that looked after eth1 has ended without a word"));
      assertEquals(1, leases(sluice).size(), "it is still granted");
      ManagedDaemon second = dhclient(host, "-4");
      sluice.awaitTrue("it is there again", () -> source(sluice).startsWith("LIVE"));
      // Both write the same log.
      host.await("a lease", () -> second.log().split("bound to", -1).length > 2);
      sluice.awaitTrue(
          "it is told",
          () ->
              happenings(sluice).getLast().equals("manager-state dhclient bound")
                  || count(sluice, "lease-renewed") > 0);
      second.kill();
      sluice.awaitTrue("nobody comes", () -> source(sluice).startsWith("ABSENT"));
      assertEquals(List.of(), leases(sluice));
      sluice.awaitTrue(
          "the end is told",
          () ->
              happenings(sluice).getLast().matches("(manager-state dhclient silent|lease-lost).*"));
    }
  }

  /** The bundle, and the whole product, find a lease that was there before them. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aLeaseThatWasThereBeforeIsFound(boolean hook) throws Exception {
    try (ManagedHost host = host(hook);
        SluiceProcess sluice = host.prepare()) {
      patience(host, 600, 300);
      ManagedDaemon client = dhclient(host, "-4");
      host.await("a lease", () -> client.log().contains("bound to"));
      launch(host, sluice);
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      try (Follower follower = new Follower(sluice, 0)) {
        BundleSwitch bundles = BundleSwitch.in(sluice);
        bundles.cycle("org.sluice.link.dhclient", 10);
        sluice.awaitTrue("it is back", () -> source(sluice).startsWith("LIVE"));
        assertEquals(1, leases(sluice).size());
        sluice.awaitTrue(
            "the events of it",
            () ->
                follower.events().stream().filter("source-gone"::equals).count() == 10
                    && follower.events().lastIndexOf("source-live")
                        > follower.events().lastIndexOf("source-gone"));
        assertEquals(List.of(), follower.gaps());
        assertFalse(follower.events().contains("lease-removed"), follower.events()::toString);
      }
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
    }
  }

  /** A dhclient that starts reads the lease it had before, and may long have lost it. */
  @Test
  void aLeaseOfYesterdayIsNoLease() throws Exception {
    try (ManagedHost host = host(false);
        SluiceProcess sluice = host.prepare()) {
      host.write(
          LEASES,
          lease("10.77.1.99", 3600) + lease("10.77.1.98", -3600) + lease("10.77.1.99", 1800));
      launch(host, sluice);
      dhclient(host, "-4");
      awaitHappening(sluice, "lease-acquired 10.77.1.1");
      assertTrue(
          happenings(sluice).stream().noneMatch(h -> h.contains("10.77.1.9")),
          happenings(sluice)::toString);
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
    }
  }

  private static String lease(String address, long seconds) {
    return """
        lease {
          interface "eth1";
          fixed-address %s;
          option subnet-mask 255.255.255.0;
          renew epoch %d;
          rebind epoch %2$d;
          expire epoch %2$d;
        }
        """
        .formatted(address, System.currentTimeMillis() / 1000 + seconds);
  }

  /**
   * Somebody runs a program that is called dhclient and was told of a lease: that is nothing. The
   * same of root is believed, once nobody else can change the file; and the hook's folder is not,
   * as long as anybody may write there.
   */
  @Test
  void onlyTheTrustedAreBelieved() throws Exception {
    try (ManagedHost host = ManagedHost.create("dhclient");
        SluiceProcess sluice = host.prepare()) {
      host.ip("link set eth1 up");
      host.ip("addr add 10.66.6.6/24 dev eth1");
      host.run("mkdir", "-p", "/run/own");
      host.run("cp", "/bin/sh", "/run/own/dhclient");
      host.write("/run/own/leases", lease("10.66.6.6", 3600));
      host.run("chmod", "666", "/run/own/leases");
      host.run("mkdir", "-m", "777", FOLDER);
      host.write(FOLDER + "/4-eth1", "reason=BOUND\0interface=eth1\0new_ip_address=10.66.6.6\0");
      launch(host, sluice);
      List<String> words =
          List.of("/run/own/dhclient", "-c", "sleep 600; :", "-lf", "/run/own/leases", "eth1");
      List<String> asNobody =
          new ArrayList<>(
              List.of("setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"));
      asNobody.addAll(words);
      ManagedDaemon forged = host.start("forged", asNobody.toArray(String[]::new));
      ManagedDaemon trusted = host.start("trusted", words.toArray(String[]::new));
      for (String problem : List.of(FOLDER, "/run/own/leases")) {
        sluice.awaitTrue(
            "health to tell of " + problem,
            () -> sluice.command("host:health", "--json").out().contains(problem + " is writable"));
      }
      assertEquals(List.of(), leases(sluice));

      host.run("chmod", "644", "/run/own/leases");
      awaitHappening(sluice, "lease-acquired 10.66.6.6/24");
      assertEquals(1, count(sluice, "lease-acquired"), happenings(sluice)::toString);
      trusted.kill();
      sluice.awaitTrue("it is missed", () -> source(sluice).startsWith("FAILING"));
      assertEquals(1, leases(sluice).size(), "it is still granted");
      sluice.awaitTrue("nobody is left", () -> source(sluice).startsWith("ABSENT"));
      assertTrue(forged.alive());
      assertEquals(List.of(), leases(sluice));
    }
  }
}
