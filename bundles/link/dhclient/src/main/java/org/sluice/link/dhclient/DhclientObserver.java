// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.util.TreeSet;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the watch on dhclient goes, for health and metrics. */
@Component
public final class DhclientObserver implements HealthCheck, MetricSource {
  private final DhclientSource source;

  @Activate
  public DhclientObserver(@Reference DhclientSource source) {
    this.source = source;
  }

  @Override
  public String name() {
    return "link.dhclient";
  }

  @Override
  public Health check() {
    if (!source.enabled()) {
      return Health.ok("switched off: enabled is false in org.sluice.link.dhclient.cfg.json");
    }
    Tally tally = source.tally();
    Tally.Findings found = tally.findings();
    if (!tally.failure().isEmpty()) {
      return Health.warn(
          "dhclient cannot be watched: " + tally.failure(),
          "see the log of org.sluice.link.dhclient");
    }
    if (found.at() == null) {
      return Health.ok("nobody asked yet");
    }
    StringBuilder text = new StringBuilder();
    text.append(found.clients()).append(" dhclients, ").append(found.leases()).append(" leases");
    if (!found.whole()) {
      text.append("; processes of others cannot be seen, so a lease counts until it ends");
    }
    if (found.clients() > 0 && found.records() == 0) {
      text.append("; the hook has said nothing, so leases are known from their files");
    }
    if (!found.problems().isEmpty()) {
      return Health.warn(
          "not everything of dhclient counts: "
              + String.join("; ", new TreeSet<>(found.problems()))
              + "; "
              + text,
          "mend what is named, or set hookFolder and leaseFolders in"
              + " org.sluice.link.dhclient.cfg.json");
    }
    return Health.ok(text.toString());
  }

  @Override
  public void collect(Metrics to) {
    Tally tally = source.tally();
    to.counter(
        "sluice_link_dhclient_signals_total", "What the hook told.", (double) tally.signals());
    to.counter("sluice_link_dhclient_reads_total", "Lease files read.", (double) tally.reads());
    to.counter(
        "sluice_link_dhclient_failures_total",
        "Times that looking or reading failed.",
        (double) tally.failures());
    to.counter(
        "sluice_link_dhclient_malformed_total",
        "Values that cannot be what they should, and were left out.",
        (double) tally.malformed());
    to.gauge(
        "sluice_link_dhclient_clients", "Dhclients that run here.", tally.findings().clients());
  }
}
