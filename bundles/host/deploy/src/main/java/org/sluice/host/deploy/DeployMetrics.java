// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Plugin;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** Numbers about plugins. */
@Component
public final class DeployMetrics implements MetricSource {
  private static final double MILLIS = 1000;

  private final Deployer deployer;

  @Activate
  public DeployMetrics(@Reference Deployer deployer) {
    this.deployer = deployer;
  }

  @Override
  public void collect(Metrics to) {
    var views = deployer.views();
    for (Plugin.State state : Plugin.State.values()) {
      to.gauge(
          "sluice_host_plugins",
          "Jars in plugins/ by what became of them.",
          (double) views.stream().filter(v -> v.state() == state).count(),
          "state",
          state.name().toLowerCase(Locale.ROOT));
    }
    Tally tally = deployer.tally();
    to.counter(
        "sluice_host_plugins_accepted_total",
        "Revisions that were started and found well.",
        tally.accepted.doubleValue());
    to.counter(
        "sluice_host_plugin_swaps_total",
        "Revisions that took the place of another.",
        tally.swaps.doubleValue());
    to.counter(
        "sluice_host_plugin_swap_gap_seconds_total",
        "Time during swaps in which no revision served.",
        tally.gapMillis.sum() / MILLIS);
    to.gauge(
        "sluice_host_plugin_last_swap_gap_seconds",
        "Time during the last swap in which no revision served.",
        tally.lastGapMillis() / MILLIS);
    to.counter(
        "sluice_host_plugins_quarantined_total", "Jars refused.", tally.quarantined.doubleValue());
    to.counter(
        "sluice_host_plugin_crashes_total",
        "Times the code of a plugin failed while it served.",
        tally.crashes.doubleValue());
  }
}
