// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET hooks}. */
@Component
public final class HooksResource implements Resource {
  private final Hooks hooks;

  @Activate
  public HooksResource(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Override
  public String path() {
    return "hooks";
  }

  @Override
  public String summary() {
    return "The hooks, as whom they run, and why one would not.";
  }

  @Override
  public Class<? extends Record> type() {
    return HookRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return HookRow.of(hooks);
  }
}
