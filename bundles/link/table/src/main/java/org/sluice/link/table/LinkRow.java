// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.OperState;

/**
 * A link in one line.
 *
 * @param up whether somebody wants it to work
 * @param state whether it can
 */
record LinkRow(
    int index,
    String name,
    String type,
    boolean up,
    OperState state,
    boolean carrier,
    int mtu,
    String mac,
    String master,
    List<IpPrefix> addresses) {

  static List<LinkRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.links().stream().map(link -> of(link, picture, names)).toList();
  }

  static LinkRow of(Link link, LinkSnapshot picture, Names names) {
    return new LinkRow(
        link.index(),
        link.name(),
        link.type(),
        link.up(),
        link.state(),
        link.carrier(),
        link.mtu(),
        link.mac(),
        names.orNone(link.master()),
        picture.addresses(link).stream().map(a -> a.prefix()).toList());
  }
}
