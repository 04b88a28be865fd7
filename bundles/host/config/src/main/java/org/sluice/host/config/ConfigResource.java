// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.ConfigStatus;
import org.sluice.host.api.Generations;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/config}. */
@Component(service = Resource.class)
public final class ConfigResource implements Resource {
  private final Generations generations;

  @Activate
  public ConfigResource(@Reference Generations generations) {
    this.generations = generations;
  }

  @Override
  public String path() {
    return "config";
  }

  @Override
  public String summary() {
    return "The configuration in force, each file, and what stands against the files as they are.";
  }

  @Override
  public Class<ConfigStatus> type() {
    return ConfigStatus.class;
  }

  @Override
  public boolean list() {
    return false;
  }

  @Override
  public ConfigStatus get(Map<String, String> parameters) {
    return generations.status();
  }
}
