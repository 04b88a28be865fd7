// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Detail;
import org.sluice.link.api.IpAddress;
import org.sluice.link.api.IpPrefix;
import org.sluice.link.api.Lease;
import org.sluice.link.api.LinkSnapshot;

/** A lease in one line. */
record LeaseRow(
    String link,
    String manager,
    List<IpPrefix> addresses,
    List<IpAddress> gateways,
    List<IpAddress> nameServers,
    List<String> domains,
    @Nullable Instant expires,
    @Detail String hostName,
    @Detail int mtu,
    @Detail @Nullable IpAddress server,
    @Detail @Nullable Instant renewed,
    @Detail Map<String, String> options) {

  static List<LeaseRow> in(LinkSnapshot picture) {
    Names names = Names.in(picture);
    return picture.leases().stream().map(lease -> of(lease, names)).toList();
  }

  static LeaseRow of(Lease lease, Names names) {
    return new LeaseRow(
        names.of(lease.link()),
        lease.manager(),
        lease.addresses(),
        lease.gateways(),
        lease.nameServers(),
        lease.domains(),
        lease.expires(),
        lease.hostName(),
        lease.mtu(),
        lease.server(),
        lease.renewed(),
        lease.options());
  }
}
