// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.Plugins;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/plugins}. */
@Component
public final class PluginsResource implements Resource {
  private final Plugins plugins;

  @Activate
  public PluginsResource(@Reference Plugins plugins) {
    this.plugins = plugins;
  }

  @Override
  public String path() {
    return "plugins";
  }

  @Override
  public String summary() {
    return "The jars in plugins/ and what became of each.";
  }

  @Override
  public Class<? extends Record> type() {
    return Plugin.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return plugins.plugins();
  }
}
