// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET leases}. */
@Component(service = Resource.class)
public final class LeasesResource extends PictureResource<LeaseRow> {

  @Activate
  public LeasesResource(@Reference LinkTable table) {
    super(
        table,
        "leases",
        "What DHCP servers granted, and until when.",
        LeaseRow.class,
        LeaseRow::in);
  }
}
