// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET links/{name}}. */
@Component
public final class LinkResource implements Resource {
  private final LinkTable table;

  @Activate
  public LinkResource(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "links/{name}";
  }

  @Override
  public String summary() {
    return "One link by its name or index, with its addresses and routes.";
  }

  @Override
  public Class<? extends Record> type() {
    return LinkDetail.class;
  }

  @Override
  public boolean list() {
    return false;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    LinkSnapshot picture = table.snapshot();
    String name = parameters.getOrDefault("name", "");
    return LinkDetail.of(LinkCommands.find(name, picture), picture);
  }
}
