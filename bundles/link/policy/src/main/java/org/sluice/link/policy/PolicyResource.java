// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET policy}. */
@Component(service = Resource.class)
public final class PolicyResource implements Resource {
  private final Reconciler reconciler;

  @Activate
  public PolicyResource(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public String path() {
    return "policy";
  }

  @Override
  public String summary() {
    return "Policy routing: each link with a policy, its table, addresses, gateway and state.";
  }

  @Override
  public Class<? extends Record> type() {
    return ShowRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return ShowRow.of(reconciler.report());
  }
}
