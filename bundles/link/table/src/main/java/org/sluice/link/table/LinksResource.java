// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET links}. */
@Component(service = Resource.class)
public final class LinksResource extends PictureResource<LinkRow> {

  @Activate
  public LinksResource(@Reference LinkTable table) {
    super(table, "links", "The links of this host, by index.", LinkRow.class, LinkRow::in);
  }
}
