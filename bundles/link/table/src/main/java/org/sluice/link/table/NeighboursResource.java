// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET neighbours}. */
@Component(service = Resource.class)
public final class NeighboursResource extends PictureResource<NeighbourRow> {

  @Activate
  public NeighboursResource(@Reference LinkTable table) {
    super(
        table,
        "neighbours",
        "The gateways that routes go by, and whether they answer.",
        NeighbourRow.class,
        NeighbourRow::in);
  }
}
