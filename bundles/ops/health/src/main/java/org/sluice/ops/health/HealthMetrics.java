// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** Health in numbers: one line a check and status, 1 for the status it has. */
@Component(service = MetricSource.class)
public final class HealthMetrics implements MetricSource {
  private final Checks checks;

  @Activate
  public HealthMetrics(@Reference Checks checks) {
    this.checks = checks;
  }

  @Override
  public void collect(Metrics to) {
    // Two bundles may give their checks the same name; the worse of the two is told.
    checks.latest().stream()
        .collect(
            java.util.stream.Collectors.toMap(
                CheckResult::name,
                CheckResult::status,
                (a, b) -> a.compareTo(b) > 0 ? a : b,
                java.util.TreeMap::new))
        .forEach((name, status) -> tell(to, name, status));
  }

  private static void tell(Metrics to, String name, Health.Status is) {
    for (Health.Status status : Health.Status.values()) {
      to.gauge(
          "sluice_health_status",
          "Whether a health check last said this status.",
          status == is ? 1 : 0,
          "check",
          name,
          "status",
          status.name().toLowerCase(Locale.ROOT));
    }
  }
}
