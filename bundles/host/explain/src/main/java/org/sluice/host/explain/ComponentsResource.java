// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/components}. */
@Component
public final class ComponentsResource implements Resource {
  private final ServiceComponentRuntime runtime;

  @Activate
  public ComponentsResource(@Reference ServiceComponentRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public String path() {
    return "components";
  }

  @Override
  public String summary() {
    return "The components, each with its state and what it waits for.";
  }

  @Override
  public Class<? extends Record> type() {
    return ComponentRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<ComponentRow> get(Map<String, String> parameters) {
    return runtime.getComponentDescriptionDTOs().stream()
        .flatMap(about -> ComponentRow.of(runtime, about))
        .sorted(Comparator.comparing(ComponentRow::name))
        .toList();
  }
}
