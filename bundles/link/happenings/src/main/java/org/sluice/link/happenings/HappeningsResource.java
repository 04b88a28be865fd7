// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.Happenings;
import org.sluice.ops.api.Resource;

/** {@code GET happenings}. */
@Component(service = Resource.class)
public final class HappeningsResource implements Resource {
  private static final int SHOWN = 500;

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
  public Object get(Map<String, String> parameters) {
    return happenings.recent(SHOWN).stream().map(HappeningRow::of).toList();
  }
}
