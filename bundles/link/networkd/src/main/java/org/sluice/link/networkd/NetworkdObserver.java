// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkd;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.ServiceTally.Standing;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the listening to networkd goes, for health and metrics. */
@Component
public final class NetworkdObserver implements HealthCheck, MetricSource {
  private final NetworkdSource source;

  @Activate
  public NetworkdObserver(@Reference NetworkdSource source) {
    this.source = source;
  }

  @Override
  public String name() {
    return "link.networkd";
  }

  @Override
  public Health check() {
    ServiceTally tally = source.tally();
    Standing standing = tally.standing();
    return switch (standing.way()) {
      case FAILING ->
          Health.warn(
              standing.text(), "look at the system bus and at: systemctl status systemd-networkd");
      case LIVE ->
          Health.ok(
              "%d links, %d signals, %d values made no sense"
                  .formatted(tally.subjects(), tally.signals(), tally.malformedValues()));
      // A host without networkd is as well as one with it.
      case STARTING, ABSENT -> Health.ok(standing.text());
    };
  }

  @Override
  public void collect(Metrics to) {
    ServiceTally tally = source.tally();
    to.counter(
        "sluice_link_networkd_signals_total",
        "Signals of systemd-networkd.",
        (double) tally.signals());
    to.counter(
        "sluice_link_networkd_reads_total",
        "Times systemd-networkd was asked for everything or for a link.",
        (double) tally.reads());
    to.counter(
        "sluice_link_networkd_failures_total",
        "Questions that systemd-networkd did not answer, leases that could not be read.",
        (double) tally.failures());
    to.counter(
        "sluice_link_networkd_malformed_total",
        "Values that made no sense and were left out.",
        (double) tally.malformedValues());
  }
}
