// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Generation;
import org.sluice.host.api.Generations;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/config/generations}. */
@Component(service = Resource.class)
public final class GenerationsResource implements Resource {
  private final Generations generations;

  @Activate
  public GenerationsResource(@Reference Generations generations) {
    this.generations = generations;
  }

  @Override
  public String path() {
    return "config/generations";
  }

  @Override
  public String summary() {
    return "The generations of the configuration that are kept, newest first.";
  }

  @Override
  public Class<Generation> type() {
    return Generation.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<Generation> get(Map<String, String> parameters) {
    return generations.log();
  }
}
