// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET managers}. */
@Component(service = Resource.class)
public final class ManagementsResource extends PictureResource<ManagementRow> {

  @Activate
  public ManagementsResource(@Reference LinkTable table) {
    super(
        table,
        "managers",
        "What the managers of the network say of the links they look after.",
        ManagementRow.class,
        ManagementRow::in);
  }
}
