// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.ConfigProblem;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether the files as saved are in force. */
@Component(service = HealthCheck.class)
public final class ConfigHealth implements HealthCheck {
  private final Guard guard;

  @Activate
  public ConfigHealth(@Reference Guard guard) {
    this.guard = guard;
  }

  @Override
  public String name() {
    return HealthWatch.OWN;
  }

  @Override
  public Health check() {
    View view = guard.view();
    long number = view.inForce().number();
    String inForce = number == 0 ? "nothing is in force" : "generation " + number + " is in force";
    if (view.problems().isEmpty()) {
      return Health.ok(inForce);
    }
    ConfigProblem first = view.problems().getFirst();
    int more = view.problems().size() - 1;
    String text =
        "files refused, %s: %s%s"
            .formatted(inForce, first, more == 0 ? "" : ", and %d more".formatted(more));
    String remedy = "mend the files and save them; all problems: config:status";
    // The last good generation serves, unless there has never been one.
    return number == 0 ? Health.critical(text, remedy) : Health.warn(text, remedy);
  }
}
