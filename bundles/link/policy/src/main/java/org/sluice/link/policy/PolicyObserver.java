// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Duration;
import java.time.Instant;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How policy routing is, for health and metrics. */
@Component
public final class PolicyObserver implements HealthCheck, MetricSource {
  /** The kernel's name of systemd-networkd, which has room for fifteen letters. */
  private static final String NETWORKD = "systemd-network";

  private static final Duration RECENT = Duration.ofHours(1);

  private final Reconciler reconciler;

  @Activate
  public PolicyObserver(@Reference Reconciler reconciler) {
    this.reconciler = reconciler;
  }

  @Override
  public String name() {
    return "link.policy";
  }

  /** Never critical: a policy that cannot be carried out yet is no reason to take it back. */
  @Override
  public Health check() {
    Report report = reconciler.report();
    if (report.policies() == 0 && report.rules() == 0 && report.holding().isEmpty()) {
      return Health.ok("no policy is configured");
    }
    if (!report.holding().isEmpty()) {
      String text = "%d policies, %d steps to do".formatted(report.policies(), report.pending());
      return reconciler.settings().acts()
          ? Health.warn(report.holding() + "; " + text, report.remedy())
          : Health.ok(report.holding() + "; " + text + ", policy:plan shows them");
    }
    String text =
        "%d policies for %d links and families, %d rules and %d routes in force"
            .formatted(report.policies(), report.lanes().size(), report.rules(), report.routes());
    if (!report.failures().isEmpty()) {
      Failure first = report.failures().values().iterator().next();
      return Health.warn(
          "%s; %d failed, one of them: %s".formatted(text, report.failures().size(), first.text()),
          first.remedy());
    }
    if (!report.conflicts().isEmpty()) {
      Conflict first = report.conflicts().getFirst();
      return Health.warn(text + "; " + first.text(), first.remedy());
    }
    Instant since = Instant.now().minus(RECENT);
    if (reconciler.heals().stream()
        .anyMatch(h -> h.by().startsWith(NETWORKD) && h.time().isAfter(since))) {
      return Health.warn(
          text + "; systemd-networkd deleted some in the last hour, they were put back",
          "set ManageForeignRoutingPolicyRules=no and ManageForeignRoutes=no in the section"
              + " [Network] of a file in /etc/systemd/networkd.conf.d and restart systemd-networkd");
    }
    return Health.ok(text);
  }

  @Override
  public void collect(Metrics to) {
    Report report = reconciler.report();
    Tally tally = reconciler.tally();
    to.gauge("sluice_link_policy_rules", "Own rules in force.", report.rules());
    to.gauge("sluice_link_policy_routes", "Own routes in force.", report.routes());
    to.gauge(
        "sluice_link_policy_failed",
        "Rules and routes that the kernel refuses now.",
        report.failures().size());
    to.gauge("sluice_link_policy_conflicts", "Conflicts with others.", report.conflicts().size());
    to.counter(
        "sluice_link_policy_looks_total",
        "Times the kernel was compared with what should be.",
        (double) tally.looks.sum());
    to.counter(
        "sluice_link_policy_batches_total",
        "Times something was changed.",
        (double) tally.batches.sum());
    to.counter(
        "sluice_link_policy_sends_total",
        "System calls it took to change things.",
        (double) tally.sends.sum());
    to.counter(
        "sluice_link_policy_messages_total",
        "Changes asked of the kernel, one rule or route each.",
        (double) tally.messages.sum());
    to.counter(
        "sluice_link_policy_failures_total",
        "Changes the kernel refused.",
        (double) tally.failures.sum());
    to.counter(
        "sluice_link_policy_heals_total",
        "Rules and routes that were lost and put back.",
        (double) tally.heals.sum());
  }
}
