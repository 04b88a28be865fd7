// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.dbus.Buses;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** Which methods of others this process called on message buses. */
@Component
public final class CallMetrics implements MetricSource {
  private final Buses buses;

  @Activate
  public CallMetrics(@Reference Buses buses) {
    this.buses = buses;
  }

  @Override
  public void collect(Metrics to) {
    for (Buses.CallCount count : buses.calls()) {
      String[] labels = {"interface", count.interfaceName(), "method", count.member()};
      to.counter(
          "sluice_dbus_calls_total",
          "Methods that were called on message buses.",
          (double) count.calls(),
          labels);
      to.counter(
          "sluice_dbus_errors_total",
          "Calls on message buses that failed or were not answered.",
          (double) count.failures(),
          labels);
    }
  }
}
