// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** A list out of the picture as it is now. */
abstract class PictureResource<R extends Record> implements Resource {
  private final LinkTable table;
  private final String path;
  private final String summary;
  private final Class<R> type;
  private final Function<LinkSnapshot, List<R>> rows;

  PictureResource(
      LinkTable table,
      String path,
      String summary,
      Class<R> type,
      Function<LinkSnapshot, List<R>> rows) {
    this.table = table;
    this.path = path;
    this.summary = summary;
    this.type = type;
    this.rows = rows;
  }

  @Override
  public String path() {
    return path;
  }

  @Override
  public String summary() {
    return summary;
  }

  @Override
  public Class<? extends Record> type() {
    return type;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return rows.apply(table.snapshot());
  }
}
