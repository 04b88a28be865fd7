// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.Happenings;
import org.sluice.ops.api.Resource;

/** {@code GET happenings}. */
@Component(service = Resource.class)
public final class HappeningsResource implements Resource {
  private static final String LIMIT = "limit";
  private static final int SHOWN = 500;
  private static final int MOST = 2000;

  private final Happenings happenings;

  @Activate
  public HappeningsResource(@Reference Happenings happenings) {
    this.happenings = happenings;
  }

  @Override
  public String path() {
    return "happenings";
  }

  @Override
  public String summary() {
    return "What happened on the network of late, in the words of hooks.";
  }

  @Override
  public Class<? extends Record> type() {
    return HappeningRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Query> query() {
    return List.of(
        new Query(LIMIT, "At most so many, the latest ones; from 1 to 2000, 500 without."));
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return happenings.recent(limit(parameters.get(LIMIT))).stream().map(HappeningRow::of).toList();
  }

  private static int limit(@Nullable String given) {
    if (given == null) {
      return SHOWN;
    }
    try {
      int limit = Integer.parseInt(given);
      if (limit >= 1 && limit <= MOST) {
        return limit;
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("limit is a whole number from 1 to 2000: " + given, e);
    }
    throw new IllegalArgumentException("limit is a whole number from 1 to 2000: " + given);
  }
}
