// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** The configuration in numbers. */
@Component(service = MetricSource.class)
public final class ConfigMetrics implements MetricSource {
  private final Guard guard;

  @Activate
  public ConfigMetrics(@Reference Guard guard) {
    this.guard = guard;
  }

  @Override
  public void collect(Metrics to) {
    View view = guard.view();
    Tally tally = guard.tally();
    to.gauge(
        "sluice_config_generation",
        "Number of the configuration generation in force.",
        (double) view.inForce().number());
    to.gauge(
        "sluice_config_problems",
        "Problems that keep the configuration files from being in force.",
        view.problems().size());
    to.counter("sluice_config_applies_total", "Generations applied.", tally.applies());
    to.counter(
        "sluice_config_refusals_total",
        "Times the configuration files were refused.",
        tally.refusals());
    to.counter(
        "sluice_config_rollbacks_total",
        "Generations taken back because they did harm.",
        tally.rollbacks());
    to.gauge(
        "sluice_config_last_apply_seconds",
        "How long the last change took from its check to being in force.",
        tally.seconds());
  }
}
