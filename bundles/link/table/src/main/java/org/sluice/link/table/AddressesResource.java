// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET addresses}. */
@Component(service = Resource.class)
public final class AddressesResource extends PictureResource<AddressRow> {

  @Activate
  public AddressesResource(@Reference LinkTable table) {
    super(
        table,
        "addresses",
        "The addresses of this host, by link.",
        AddressRow.class,
        AddressRow::in);
  }
}
