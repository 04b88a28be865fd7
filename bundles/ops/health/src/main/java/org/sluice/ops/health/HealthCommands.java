// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Outcome;

/** What the shell can ask about health. */
@Component(
    service = HealthCommands.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=health",
      Commands.READS + "=health"
    })
public final class HealthCommands {
  private final Checks checks;

  @Activate
  public HealthCommands(@Reference Checks checks) {
    this.checks = checks;
  }

  @Descriptor(
      """
      Asks every health check; exit code 1 when one is critical.
      Example: host:health
      Example: host:health --json""")
  public Outcome health() {
    HealthReport report = checks.report();
    return new Outcome(report.well(), report.checks(), report.summary());
  }
}
