// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.io.IOException;
import java.net.NetworkInterface;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.sluice.link.api.Address;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkSubscription;
import org.sluice.link.api.LinkTable;
import org.sluice.link.api.OperState;
import org.sluice.link.api.Route;
import org.sluice.link.api.Scope;

/** The near end of the wire, which never changes, in place of the table of links. */
record OneLink(LinkSnapshot snapshot) implements LinkTable {
  private static final int MAIN_TABLE = 254;
  private static final int BY_KERNEL = 2;

  static OneLink of(String name) throws IOException {
    int index = NetworkInterface.getByName(name).getIndex();
    IpPrefix prefix = IpPrefix.parse(Frames.NEAR + "/24");
    Link link =
        new Link(
            index,
            name,
            "veth",
            Frames.NEAR_MAC,
            "",
            1500,
            EnumSet.of(LinkFlag.UP),
            OperState.UP,
            true,
            0,
            0,
            List.of());
    Route route =
        new Route(
            prefix.network(),
            MAIN_TABLE,
            BY_KERNEL,
            Scope.LINK,
            "unicast",
            0,
            0,
            null,
            List.of(new Route.Hop(index, null, 1)));
    return new OneLink(
        new LinkSnapshot(
            1,
            Instant.now(),
            List.of(link),
            List.of(new Address(index, prefix, null, Scope.GLOBAL, Set.of(), "")),
            List.of(route),
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            List.of()));
  }

  @Override
  public List<LinkEvent> history(long after, int limit) {
    return List.of();
  }

  @Override
  public LinkSubscription subscribe(String name, LinkListener listener) {
    return () -> {};
  }

  @Override
  public LinkSubscription resume(String name, long after, LinkListener listener) {
    return subscribe(name, listener);
  }
}
