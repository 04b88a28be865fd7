// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.Set;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.OperState;

/**
 * A link with what stands on it.
 *
 * @param number of the last event that is in it
 */
record LinkDetail(
    long number,
    int index,
    String name,
    List<String> alternativeNames,
    String type,
    boolean up,
    OperState state,
    boolean carrier,
    int mtu,
    String mac,
    String permanentMac,
    String master,
    String parent,
    Set<LinkFlag> flags,
    List<AddressRow> addresses,
    List<RouteRow> routes,
    List<LeaseRow> leases,
    List<ManagementRow> managers) {

  static LinkDetail of(Link link, LinkSnapshot picture) {
    Names names = Names.in(picture);
    return new LinkDetail(
        picture.number(),
        link.index(),
        link.name(),
        link.alternativeNames(),
        link.type(),
        link.up(),
        link.state(),
        link.carrier(),
        link.mtu(),
        link.mac(),
        link.permanentMac(),
        names.orNone(link.master()),
        names.orNone(link.parent()),
        link.flags(),
        picture.addresses(link).stream().map(a -> AddressRow.of(a, names)).toList(),
        picture.routes().stream()
            .filter(route -> route.uses(link.index()))
            .map(route -> RouteRow.of(route, names))
            .toList(),
        picture.leases().stream()
            .filter(lease -> lease.link() == link.index())
            .map(lease -> LeaseRow.of(lease, names))
            .toList(),
        picture.managements().stream()
            .filter(management -> management.link() == link.index())
            .map(management -> ManagementRow.of(management, names))
            .toList());
  }
}
