// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET policy/plan}. */
@Component(service = Resource.class)
public final class PlanResource implements Resource {
  private final Reconciler reconciler;

  @Activate
  public PlanResource(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public String path() {
    return "policy/plan";
  }

  @Override
  public String summary() {
    return "What policy routing would do now: rules and routes to add, replace or remove.";
  }

  @Override
  public Class<? extends Record> type() {
    return PlanRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    try {
      return PlanRow.of(reconciler.outlook());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
