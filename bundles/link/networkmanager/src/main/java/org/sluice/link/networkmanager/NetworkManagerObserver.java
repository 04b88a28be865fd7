// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.networkmanager;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.dbus.ServiceTally;
import org.sluice.dbus.ServiceTally.Standing;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the listening to NetworkManager goes, for health and metrics. */
@Component
public final class NetworkManagerObserver implements HealthCheck, MetricSource {
  private final NetworkManagerSource source;

  @Activate
  public NetworkManagerObserver(@Reference NetworkManagerSource source) {
    this.source = source;
  }

  @Override
  public String name() {
    return "link.networkmanager";
  }

  @Override
  public Health check() {
    ServiceTally tally = source.tally();
    Standing standing = tally.standing();
    return switch (standing.way()) {
      case FAILING ->
          Health.warn(
              standing.text(), "look at the system bus and at: systemctl status NetworkManager");
      case LIVE ->
          Health.ok(
              "%d links, %d signals, %d values made no sense"
                  .formatted(tally.subjects(), tally.signals(), tally.malformedValues()));
      // A host without NetworkManager is as well as one with it.
      case STARTING, ABSENT -> Health.ok(standing.text());
    };
  }

  @Override
  public void collect(Metrics to) {
    ServiceTally tally = source.tally();
    to.counter(
        "sluice_link_networkmanager_signals_total",
        "Signals of NetworkManager.",
        (double) tally.signals());
    to.counter(
        "sluice_link_networkmanager_reads_total",
        "Times NetworkManager was asked for everything.",
        (double) tally.reads());
    to.counter(
        "sluice_link_networkmanager_failures_total",
        "Questions that NetworkManager did not answer.",
        (double) tally.failures());
    to.counter(
        "sluice_link_networkmanager_malformed_total",
        "Values that made no sense and were left out.",
        (double) tally.malformedValues());
  }
}
