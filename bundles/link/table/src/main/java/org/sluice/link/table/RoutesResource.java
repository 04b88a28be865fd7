// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET routes}. */
@Component(service = Resource.class)
public final class RoutesResource extends PictureResource<RouteRow> {

  @Activate
  public RoutesResource(@Reference LinkTable table) {
    super(
        table,
        "routes",
        "The routes that are watched, by table and destination.",
        RouteRow.class,
        RouteRow::in);
  }
}
