// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.sluice.link.hooks.Samples.happening;
import static org.sluice.link.hooks.Samples.link;

import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happening.Kind;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.Management;

class OccasionsTest {
  private final Occasions occasions = new Occasions(_ -> List.of());
  private final Link off = link(1, "eth0", false, false);
  private final Link dark = link(1, "eth0", true, false);
  private final Link lit = link(1, "eth0", true, true);

  /** The folders that hooks of each style run from. */
  private static String folders(Style style, List<Occasion> all) {
    List<String> names = new ArrayList<>();
    for (Occasion occasion : all) {
      for (Path folder : new Tree(style, Path.of("/t")).folders(occasion)) {
        names.add(Path.of("/t").relativize(folder).toString());
      }
    }
    return String.join(" ", names);
  }

  private List<Occasion> tell(Kind kind, Link link, String subject) {
    return occasions.of(happening(1, kind, link, subject));
  }

  @Test
  void anOrdinaryLifeInTheWordsOfAll() {
    List<Occasion> added = tell(Kind.LINK_ADDED, off, "");
    assertEquals("link-added.d any.d off.d", folders(Style.SLUICE, added));
    assertEquals("off.d", folders(Style.NETWORKD_DISPATCHER, added));
    assertEquals("", folders(Style.NETWORKMANAGER, added));

    List<Occasion> up = tell(Kind.LINK_UP, dark, "");
    assertEquals("link-up.d any.d no-carrier.d", folders(Style.SLUICE, up));
    assertEquals("no-carrier.d", folders(Style.NETWORKD_DISPATCHER, up));
    List<Occasion> dark2 = tell(Kind.NO_CARRIER, dark, "");
    assertEquals("no-carrier.d any.d", folders(Style.SLUICE, dark2));
    assertEquals("", folders(Style.NETWORKD_DISPATCHER, dark2), "the state is not new");

    List<Occasion> carrier = tell(Kind.CARRIER, lit, "");
    assertEquals("carrier.d any.d", folders(Style.SLUICE, carrier));
    assertEquals("carrier.d", folders(Style.NETWORKD_DISPATCHER, carrier));

    List<Occasion> local = tell(Kind.ADDRESS_ADDED, lit, "fe80::1/64");
    assertEquals("address-added.d any.d degraded.d", folders(Style.SLUICE, local));

    List<Occasion> far = tell(Kind.ADDRESS_ADDED, lit, "10.0.0.1/24");
    assertEquals("address-added.d any.d routable.d", folders(Style.SLUICE, far));
    assertEquals("routable.d", folders(Style.NETWORKD_DISPATCHER, far));
    assertEquals("routable.d", folders(Style.NETWORK_BROKER, far));
    assertEquals("up", DispatcherAction.of(far.getLast()));
    assertEquals(
        "address-added.d any.d",
        folders(Style.SLUICE, tell(Kind.ADDRESS_ADDED, lit, "10.0.0.2/24")),
        "it is routable already");

    List<Occasion> routes = tell(Kind.DEFAULT_ROUTE_ADDED, lit, "0.0.0.0/0 via 10.0.0.9");
    assertEquals("default-route-added.d any.d routes.d", folders(Style.SLUICE, routes));
    assertEquals("routes.d", folders(Style.NETWORK_BROKER, routes));

    List<Occasion> lost = tell(Kind.NO_CARRIER, dark, "");
    assertEquals("no-carrier.d any.d", folders(Style.SLUICE, lost));
    assertEquals("down", DispatcherAction.of(lost.getFirst()));

    List<Occasion> removed = tell(Kind.LINK_REMOVED, dark, "");
    assertEquals("link-removed.d any.d missing.d", folders(Style.SLUICE, removed));
  }

  @Test
  void theStateIsRightFromTheBeginning() {
    Occasions knowing = new Occasions(_ -> List.of(IpPrefix.parse("10.0.0.1/24")));
    Happening first = happening(1, Kind.LINK_ADDED, lit, "");
    assertEquals(
        "routable.d", folders(Style.NETWORKD_DISPATCHER, knowing.of(first)), "not carrier first");
    assertEquals(
        "",
        folders(
            Style.NETWORKD_DISPATCHER,
            knowing.of(happening(2, Kind.ADDRESS_ADDED, lit, "10.0.0.1/24"))));
  }

  @Test
  void aLinkThatIsUpWhenItComesIsInItsStateOnce() {
    assertEquals("link-added.d any.d", folders(Style.SLUICE, tell(Kind.LINK_ADDED, dark, "")));
    assertEquals("link-up.d any.d", folders(Style.SLUICE, tell(Kind.LINK_UP, dark, "")));
    List<Occasion> last = tell(Kind.NO_CARRIER, dark, "");
    assertEquals("no-carrier.d any.d", folders(Style.SLUICE, last));
    assertEquals("no-carrier.d", folders(Style.NETWORKD_DISPATCHER, last));
  }

  @Test
  void loopbackIsNeverRoutable() {
    tell(Kind.CARRIER, lit, "");
    List<Occasion> all = tell(Kind.ADDRESS_ADDED, lit, "127.0.0.1/8");
    assertEquals("carrier", all.getFirst().state());
  }

  private List<Occasion> manager(Link link, String setup, String operational) {
    Management said =
        new Management(
            link.index(),
            "networkd",
            Management.Stage.CONFIGURED,
            setup,
            operational,
            Management.Reach.UNKNOWN,
            Management.Reach.UNKNOWN,
            "",
            List.of(),
            List.of());
    return occasions.of(
        new Happening(
            1,
            Instant.EPOCH,
            Kind.MANAGER_STATE,
            "networkd",
            false,
            link,
            "networkd " + setup,
            said));
  }

  @Test
  void whatManagersSay() {
    tell(Kind.CARRIER, lit, "");
    assertEquals(
        "manager-state.d any.d configured.d",
        folders(Style.SLUICE, manager(lit, "configured", "routable")));
    assertEquals(
        "manager-state.d any.d", folders(Style.SLUICE, manager(lit, "configured", "degraded")));
    assertEquals(
        "manager-state.d any.d",
        folders(Style.SLUICE, manager(lit, "../../etc", "")),
        "only known words are names of folders");
    assertEquals(
        "configured.d", folders(Style.NETWORKD_DISPATCHER, manager(lit, "configured", "")));
    assertEquals(
        "manager-state.d any.d manager.d",
        folders(Style.SLUICE, manager(Link.HOST, "running", "")));
  }

  @Test
  void everyHappeningHasItsFolder() {
    for (Kind kind : Kind.values()) {
      String subject = kind.name().startsWith("ADDRESS") ? "10.0.0.1/24" : "";
      List<Occasion> all = tell(kind, lit, subject);
      assertEquals(kind.word(), all.getFirst().event());
    }
  }
}
