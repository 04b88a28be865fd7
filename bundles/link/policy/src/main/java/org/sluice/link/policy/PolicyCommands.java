// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;

/** What the shell can ask. */
@Component(
    service = PolicyCommands.class,
    property = {
      "osgi.command.scope=policy",
      "osgi.command.function=show",
      "osgi.command.function=plan",
      "osgi.command.function=drift",
      Commands.READS + "=show",
      Commands.READS + "=plan",
      Commands.READS + "=drift"
    })
public final class PolicyCommands {
  private final Reconciler reconciler;

  @Activate
  public PolicyCommands(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Descriptor(
      """
      Shows each link with a policy: its table, its addresses, its gateway, and whether that is in force.
      Example: policy:show
      Example: policy:show --json""")
  public List<? extends Record> show() {
    return ShowRow.of(reconciler.report());
  }

  @Descriptor(
      """
      Shows what would be done now to make everything as it should be, and does nothing.
      Example: policy:plan""")
  public List<? extends Record> plan() throws IOException {
    return PlanRow.of(reconciler.outlook());
  }

  @Descriptor(
      """
      Shows what was lost and put back, by whom it was taken if that is known, and what differs now.
      Example: policy:drift""")
  public List<? extends Record> drift() throws IOException {
    return DriftRow.of(reconciler.heals(), reconciler.outlook());
  }
}
