// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET policy/drift}. */
@Component(service = Resource.class)
public final class DriftResource implements Resource {
  private final Reconciler reconciler;

  @Activate
  public DriftResource(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public String path() {
    return "policy/drift";
  }

  @Override
  public String summary() {
    return "Rules and routes of policy routing that were lost and put back, or differ now.";
  }

  @Override
  public Class<? extends Record> type() {
    return DriftRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    try {
      return DriftRow.of(reconciler.heals(), reconciler.outlook());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
