// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.sluice.dbus.BusAddress;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.Lease;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;
import org.sluice.link.api.NamePattern;
import org.sluice.link.api.OperState;

class WantedTest {
  private static Link link(int index) {
    return new Link(
        index,
        "eth" + index,
        "veth",
        "02:00:00:00:00:0" + index,
        "",
        1500,
        EnumSet.of(LinkFlag.UP),
        OperState.UP,
        true,
        0,
        0,
        List.of());
  }

  private static Lease lease(int link, String manager, String host, String servers, String names) {
    return new Lease(
        link,
        false,
        manager,
        List.of(),
        List.of(),
        addresses(servers),
        words(names),
        host,
        0,
        null,
        null,
        null,
        new TreeMap<>());
  }

  private static Management management(int link, String manager, Management.Stage stage) {
    return new Management(
        link,
        manager,
        stage,
        "",
        "",
        Management.Reach.UNKNOWN,
        Management.Reach.UNKNOWN,
        "",
        addresses("192.0.2.9"),
        words("managed.example"));
  }

  private static List<String> words(String text) {
    return text.isEmpty() ? List.of() : List.of(text.split(" "));
  }

  private static List<IpAddress> addresses(String text) {
    return words(text).stream().map(IpAddress::parse).toList();
  }

  private static LinkSnapshot picture(List<Lease> leases, Management... managements) {
    return new LinkSnapshot(
        1,
        Instant.EPOCH,
        List.of(link(1), link(2)),
        List.of(),
        List.of(),
        List.of(),
        List.of(),
        leases,
        List.of(managements),
        List.of());
  }

  private static Settings settings(String links, String hosts, String backends, Settings.Use use) {
    return new Settings(
        words(links).stream().map(NamePattern::new).toList(),
        words(hosts).stream().map(NamePattern::new).toList(),
        Set.copyOf(words(backends)),
        use,
        Duration.ofSeconds(1),
        new BusAddress("unix:path=/nowhere"));
  }

  private static String servers(Wanted wanted, int index) {
    Wanted.OfLink of = wanted.links().get(index);
    return of == null ? "" : of.servers().toString();
  }

  @Test
  void onlyNamedLinksAndBackendsAreHandedOver() {
    LinkSnapshot picture =
        picture(
            List.of(
                lease(1, "dhclient", "one", "10.0.0.1 10.0.0.2", "a.example"),
                lease(2, "dhclient", "two", "10.0.0.3", "")),
            management(1, "networkmanager", Management.Stage.CONFIGURED));
    Wanted wanted = wanted(picture, settings("eth1", "eth2", "dhclient", Settings.Use.SEARCH));
    assertEquals("10.0.0.1 10.0.0.2 a.example", servers(wanted, 1));
    assertEquals("", servers(wanted, 2));
    assertEquals("two", wanted.hostName().orElseThrow().name());
    assertEquals(
        "192.0.2.9 10.0.0.1 10.0.0.2 ~managed.example ~a.example",
        servers(
            wanted(picture, settings("eth*", "", "dhclient networkmanager", Settings.Use.ROUTE)),
            1));
    assertEquals(
        "10.0.0.1 10.0.0.2",
        servers(wanted(picture, settings("*", "", "dhclient", Settings.Use.NONE)), 1));
    assertFalse(settings("eth1", "", "", Settings.Use.SEARCH).asked());
    assertFalse(settings("", "", "dhclient", Settings.Use.SEARCH).asked());
  }

  @Test
  void linksOfNetworkdAreLeft() {
    List<Lease> leases = List.of(lease(1, "dhclient", "one", "10.0.0.1", ""));
    Settings all = settings("*", "*", "dhclient", Settings.Use.SEARCH);
    Wanted managed =
        wanted(picture(leases, management(1, "networkd", Management.Stage.WAITING)), all);
    assertEquals("", servers(managed, 1));
    assertTrue(managed.hostName().isEmpty());
    assertEquals(Set.of("eth1"), managed.left().keySet());
    Wanted unmanaged =
        wanted(picture(leases, management(1, "networkd", Management.Stage.UNMANAGED)), all);
    assertEquals("10.0.0.1", servers(unmanaged, 1));
    assertTrue(unmanaged.left().isEmpty());
  }

  /** One word that resolved does not take would cost the others. */
  @Test
  void whatIsNoNameOrNoServerIsLeftOut() {
    Wanted wanted =
        wanted(
            picture(
                List.of(
                    lease(
                        1,
                        "dhclient",
                        "bad host",
                        "0.0.0.0 127.0.0.53 224.0.0.1 10.0.0.1 10.0.0.1",
                        "$(id) . a..b -x.example Good.Example. good.example "
                            + "x".repeat(64)
                            + " _srv.example"),
                    lease(2, "dhclient", "localhost", "", "only.example"))),
            settings("*", "*", "dhclient", Settings.Use.SEARCH));
    assertEquals("10.0.0.1 good.example _srv.example", servers(wanted, 1));
    assertEquals("", servers(wanted, 2), "domains without a server");
    assertTrue(wanted.hostName().isEmpty());
  }

  @Test
  void twoWhoUndoEachOthersWorkPause() {
    long[] now = {0};
    Strife strife = new Strife(() -> now[0]);
    assertEquals(5, Stream.generate(() -> heals(strife)).limit(20).filter(b -> b).count());
    assertTrue(strife.mayHeal("eth2"));
    now[0] += 61_000_000_000L;
    assertTrue(strife.mayHeal("eth1"));
  }

  private static boolean heals(Strife strife) {
    boolean may = strife.mayHeal("eth1");
    if (may) {
      strife.healed("eth1");
    }
    return may;
  }

  @Test
  void whatWasNotPutBackDoesNotCount() {
    Strife strife = new Strife(() -> 0);
    assertTrue(Stream.generate(() -> strife.mayHeal("eth1")).limit(20).allMatch(b -> b));
  }

  @Test
  void nothingIsHandedOverBeforeNetworkdHasSpoken() {
    LinkSnapshot picture = picture(List.of(lease(1, "dhclient", "one", "10.0.0.1", "")));
    Settings all = settings("*", "*", "dhclient", Settings.Use.NONE);
    Wanted early = Wanted.of(picture, all, true);
    assertTrue(early.links().isEmpty() && early.hostName().isEmpty(), early::toString);
    assertTrue(early.left().containsKey("eth1"), early::toString);
    assertFalse(wanted(picture, all).links().isEmpty());
  }

  private static Wanted wanted(LinkSnapshot picture, Settings settings) {
    return Wanted.of(picture, settings, false);
  }
}
