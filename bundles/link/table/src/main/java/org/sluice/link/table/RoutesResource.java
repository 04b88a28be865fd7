// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET routes}. */
@Component
public final class RoutesResource implements Resource {
  private final LinkTable table;

  @Activate
  public RoutesResource(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "routes";
  }

  @Override
  public String summary() {
    return "The routes that are watched, by table and destination.";
  }

  @Override
  public Class<? extends Record> type() {
    return RouteRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    LinkSnapshot picture = table.snapshot();
    Names names = Names.in(picture);
    return picture.routes().stream().map(r -> RouteRow.of(r, names)).toList();
  }
}
