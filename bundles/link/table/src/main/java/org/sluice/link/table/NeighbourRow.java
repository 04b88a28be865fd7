// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Neighbour;

/**
 * A gateway in one line.
 *
 * @param state whether it answers
 */
record NeighbourRow(String link, IpAddress address, Neighbour.State state, String mac) {

  static List<NeighbourRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.neighbours().stream()
        .map(n -> new NeighbourRow(names.of(n.link()), n.address(), n.state(), n.mac()))
        .toList();
  }
}
