// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET hooks/log}. */
@Component
public final class HookLogResource implements Resource {
  private static final String LIMIT = "limit";
  private static final int MOST = 10_000;
  private static final int USUAL = 100;

  private final Hooks hooks;

  @Activate
  public HookLogResource(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Override
  public String path() {
    return "hooks/log";
  }

  @Override
  public String summary() {
    return "The last runs of hooks, oldest first.";
  }

  @Override
  public Class<? extends Record> type() {
    return RunRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Query> query() {
    return List.of(
        new Query(LIMIT, "At most so many, the latest ones; from 1 to 10000, 100 without."));
  }

  @Override
  public Object get(Map<String, String> parameters) {
    String limit = parameters.get(LIMIT);
    if (limit == null) {
      return RunRow.in(hooks.journal(), USUAL);
    }
    try {
      int count = Integer.parseInt(limit);
      if (count >= 1 && count <= MOST) {
        return RunRow.in(hooks.journal(), count);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("limit is a whole number from 1 to 10000: " + limit, e);
    }
    throw new IllegalArgumentException("limit is a whole number from 1 to 10000: " + limit);
  }
}
