// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the webhooks do, for health and metrics. */
@Component
public final class WebhooksObserver implements HealthCheck, MetricSource {
  private static final int BAD_IN_A_ROW = 3;

  private final List<Webhook> webhooks = new CopyOnWriteArrayList<>();

  @Reference(cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
  void add(Webhook webhook) {
    webhooks.add(webhook);
  }

  void remove(Webhook webhook) {
    webhooks.remove(webhook);
  }

  @Override
  public String name() {
    return "link.webhooks";
  }

  @Override
  public Health check() {
    List<Webhook> failing =
        webhooks.stream()
            .filter(webhook -> webhook.figures().failuresInARow() >= BAD_IN_A_ROW)
            .sorted(Comparator.comparing(Webhook::name))
            .toList();
    if (failing.isEmpty()) {
      return Health.ok(webhooks.size() + " webhooks");
    }
    Webhook first = failing.getFirst();
    Webhook.Figures figures = first.figures();
    return Health.warn(
        "%d of %d webhooks cannot be delivered, the first %s, %d messages wait: %s"
            .formatted(
                failing.size(),
                webhooks.size(),
                first.name(),
                figures.waiting(),
                figures.problem()),
        "check url and secretFile in configs/" + Webhook.PID + "~" + first.name() + ".cfg.json");
  }

  @Override
  public void collect(Metrics to) {
    for (Webhook webhook : webhooks) {
      Webhook.Figures figures = webhook.figures();
      String[] label = {"webhook", webhook.name()};
      to.counter(
          "sluice_webhooks_sent_total",
          "Messages that were taken.",
          (double) figures.sent(),
          label);
      to.counter(
          "sluice_webhooks_retries_total",
          "Tries that failed and were followed by another.",
          (double) figures.retries(),
          label);
      to.counter(
          "sluice_webhooks_failed_total",
          "Messages that were given up.",
          (double) figures.givenUp(),
          label);
      to.counter(
          "sluice_webhooks_dropped_total",
          "Messages dropped because too many waited.",
          (double) figures.dropped(),
          label);
      to.gauge("sluice_webhooks_waiting", "Messages not taken yet.", figures.waiting(), label);
    }
  }
}
