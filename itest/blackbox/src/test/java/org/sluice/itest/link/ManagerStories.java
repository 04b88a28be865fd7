// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.link;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.net.Namespace.items;
import static org.sluice.itest.net.Namespace.member;
import static org.sluice.itest.net.Namespace.text;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.itest.BundleSwitch;
import org.sluice.itest.SluiceProcess;
import org.sluice.itest.net.ManagedDaemon;
import org.sluice.itest.net.ManagedHost;
import org.sluice.itest.net.Namespace;
import org.sluice.json.JsonValue;

/** What the product has to say of every manager of the network that has a name on the bus. */
abstract class ManagerStories {
  /** The name of its source, which is also the end of the name of its bundle. */
  private final String manager;

  /** Its name on the bus. */
  private final String busName;

  ManagerStories(String manager, String busName) {
    this.manager = manager;
    this.busName = busName;
  }

  abstract ManagedHost host() throws Exception;

  /** Starts the manager, which asks for IPv4 by DHCP. */
  abstract ManagedDaemon begin(ManagedHost host) throws Exception;

  /** Starts it, and it asks for IPv6 only, by DHCP. */
  abstract void beginSix(ManagedHost host) throws Exception;

  /** Starts it with fd77:1::55 and a name server of IPv6, and IPv4 by DHCP. */
  abstract void beginBoth(ManagedHost host) throws Exception;

  /** Starts it once more, as it was. */
  abstract ManagedDaemon again(ManagedHost host) throws Exception;

  /** Waits until it is done with IPv4, and until we say of it what it says of itself. */
  abstract void awaitDone(ManagedHost host, ManagedPicture picture) throws Exception;

  /** What else has to be so when both families are ready. */
  abstract void whenBothAreReady(ManagedHost host, ManagedPicture picture) throws Exception;

  /** What else has to be so when there is a lease of IPv6. */
  abstract void whenSixIsLeased(ManagedHost host, ManagedPicture picture) throws Exception;

  /**
   * Tells on the bus, as nobody in particular, what only the manager may tell.
   *
   * @return how a monitor shows it, and then words of happenings that would follow if it was
   *     believed
   */
  abstract List<String> forge(ManagedHost host) throws Exception;

  final ManagedPicture launch(ManagedHost host, SluiceProcess sluice) throws Exception {
    host.launch(sluice);
    return new ManagedPicture(host, sluice);
  }

  final void awaitCondition(ManagedPicture picture, String condition) throws Exception {
    picture.await("the condition " + condition, () -> picture.condition(manager).equals(condition));
  }

  /** What we say of eth1 in the words of the manager. */
  final String words(ManagedPicture picture) {
    return picture.words(manager, ManagedHost.LINK);
  }

  private static String address(JsonValue lease) {
    return text(items(member(lease, "addresses")).getFirst());
  }

  @Test
  void oneFamilyIsReadyBeforeTheOther() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      beginBoth(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("IPv6", () -> picture.count("ready-ipv6") == 1);
      picture.await("what it says of IPv6", () -> words(picture).endsWith(" OFF ROUTABLE"));
      assertEquals(0, picture.count("ready-ipv4"));
      assertEquals(List.of(), picture.leases());

      host.dhcpServer();
      picture.await("IPv4", () -> picture.count("ready-ipv4") == 1);
      picture.await("what it says of both", () -> words(picture).endsWith(" ROUTABLE ROUTABLE"));
      picture.await("one lease", () -> picture.count("lease-acquired") == 1);
      picture.await(
          "the name servers of both",
          () ->
              items(member(picture.management(manager, "eth1"), "nameServers")).stream()
                  .map(Namespace::text)
                  .toList()
                  .containsAll(List.of("fd77:1::1", "10.77.1.1", "9.9.9.9")));
      whenBothAreReady(host, picture);
    }
  }

  @Test
  void aLeaseOfTheSixthVersionIsOneToo() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer(ManagedHost.six());
      beginSix(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(true));
      JsonValue lease = picture.lease(true);
      assertTrue(address(lease).startsWith("fd77:1::1"), address(lease));
      assertTrue(address(lease).endsWith("/128"), address(lease));
      host.await("the address", () -> host.ip("-o -6 addr show dev eth1").contains(address(lease)));
      whenSixIsLeased(host, picture);
    }
  }

  @Test
  void aRestartOfTheManagerIsNoStorm() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      ManagedDaemon daemon = begin(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitDone(host, picture);
      String lease = address(picture.lease(false));

      daemon.kill();
      awaitCondition(picture, "FAILING");
      assertTrue(picture.leased(false), "facts stay for a while");
      again(host);
      awaitCondition(picture, "LIVE");
      awaitDone(host, picture);
      assertEquals(lease, address(picture.lease(false)));
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
      ManagedDaemon daemon = begin(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitDone(host, picture);
      daemon.stop();
      awaitCondition(picture, "ABSENT");
      assertEquals(List.of(), picture.leases());
      assertEquals("", words(picture));
      picture.await("the word for it", () -> picture.count("lease-lost") == 1);
      picture.await(
          "a word of it in health",
          () -> sluice.command("host:health", "--json").out().contains("does not own " + busName));
      again(host);
      awaitCondition(picture, "LIVE");
      picture.await("the lease again", () -> picture.leased(false));
    }
  }

  @Test
  void theBusMayGoAndCome() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.dhcpServer();
      ManagedPicture picture = launch(host, sluice);
      awaitCondition(picture, "ABSENT");
      ManagedDaemon bus = host.bus();
      ManagedDaemon daemon = begin(host);
      picture.await("the lease", () -> picture.leased(false));
      bus.kill();
      awaitCondition(picture, "FAILING");
      assertTrue(picture.leased(false), "facts stay while there is nobody to ask");
      picture.await(
          "a word of it in health",
          () -> sluice.command("host:health").out().contains("cannot be reached"));
      host.bus();
      // It does not come back to a bus that was restarted by itself, and may have ended for it.
      daemon.end();
      again(host);
      awaitCondition(picture, "LIVE");
      awaitDone(host, picture);
    }
  }

  @Test
  void nobodyElseSpeaksForTheManager() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      host.dhcpServer();
      begin(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitDone(host, picture);
      ManagedDaemon monitor = host.start("monitor", "busctl", "--system", "monitor");
      host.await("the monitor", () -> monitor.log().contains("Monitoring bus"));
      List<String> forged = forge(host);
      host.await("the forgery on the bus", () -> monitor.log().contains(forged.getFirst()));
      // What comes after it, and is believed, shows that it had its chance.
      host.cable(false);
      picture.await("the truth", () -> words(picture).contains("no-carrier"));
      List<String> happenings = picture.happenings();
      for (String word : forged.subList(1, forged.size())) {
        assertTrue(
            happenings.stream().noneMatch(happening -> happening.contains(word)),
            happenings::toString);
      }
      assertFalse(
          sluice.command("link:events", "--json").out().contains(forged.getFirst()),
          "it was believed");
    }
  }

  @Test
  void aBundleThatIsReplacedCausesNoHappening() throws Exception {
    try (ManagedHost host = host();
        SluiceProcess sluice = host.prepare()) {
      host.bus();
      // Long enough for nothing to be renewed meanwhile.
      host.dhcpServer(Duration.ofHours(1));
      begin(host);
      ManagedPicture picture = launch(host, sluice);
      picture.await("the lease", () -> picture.leased(false));
      awaitDone(host, picture);
      picture.await("IPv4", () -> picture.count("ready-ipv4") == 1);
      List<String> before = picture.settled();
      List<String> threads = threads(picture);
      BundleSwitch bundles = BundleSwitch.in(sluice);
      bundles.cycle("org.sluice.link." + manager, 21);
      awaitCondition(picture, "LIVE");
      assertEquals(before, picture.happenings());
      assertTrue(picture.leased(false));
      picture.await("the threads from before", () -> threads(picture).equals(threads));
    }
  }

  /**
   * Without the one of the table that waits for those that do not come back: it is there from the
   * first that went. Of its name the kernel keeps 15 bytes.
   */
  private static List<String> threads(ManagedPicture picture) throws Exception {
    return picture.threads().stream().filter(name -> !name.equals("link.table/with")).toList();
  }
}
