// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET links}. */
@Component
public final class LinksResource implements Resource {
  private final LinkTable table;

  @Activate
  public LinksResource(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "links";
  }

  @Override
  public String summary() {
    return "The links of this host, by index.";
  }

  @Override
  public Class<? extends Record> type() {
    return LinkRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    LinkSnapshot picture = table.snapshot();
    Names names = Names.in(picture);
    return picture.links().stream().map(link -> LinkRow.of(link, picture, names)).toList();
  }
}
