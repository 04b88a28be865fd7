// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import org.sluice.host.api.Detail;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.Management;

/**
 * What a manager says of a link, in one line.
 *
 * @param link empty for the host as a whole
 */
record ManagementRow(
    String link,
    String manager,
    Management.Stage stage,
    String setup,
    String operational,
    Management.Reach ipv4,
    Management.Reach ipv6,
    @Detail String profile,
    @Detail List<IpAddress> nameServers,
    @Detail List<String> domains) {

  static List<ManagementRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.managements().stream().map(m -> of(m, names)).toList();
  }

  static ManagementRow of(Management management, Names names) {
    return new ManagementRow(
        names.orNone(management.link()),
        management.manager(),
        management.stage(),
        management.setup(),
        management.operational(),
        management.ipv4(),
        management.ipv6(),
        management.profile(),
        management.nameServers(),
        management.domains());
  }
}
