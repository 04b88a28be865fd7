// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the hand-over goes, for health and metrics. */
@Component
public final class NamesObserver implements HealthCheck, MetricSource {
  private final Names names;

  @Activate
  public NamesObserver(@Reference Names names) {
    this.names = names;
  }

  @Override
  public String name() {
    return "link.names";
  }

  /** Never critical: the host works without it as it did before. */
  @Override
  public Health check() {
    List<NamesRow> rows = names.rows();
    for (NamesRow row : rows) {
      if (row.bad()) {
        return Health.warn(row.state(), row.remedy());
      }
    }
    if (!names.asked() && rows.isEmpty()) {
      return Health.ok("nothing is handed over: no link and backend is configured");
    }
    return Health.ok(
        "%d handed over"
            .formatted(rows.stream().filter(r -> r.state().equals(NamesRow.IN_FORCE)).count()));
  }

  @Override
  public void collect(Metrics to) {
    Tally tally = names.tally();
    to.counter(
        "sluice_link_names_set_total",
        "Times that resolved or hostnamed was told something new.",
        (double) tally.sets());
    to.counter(
        "sluice_link_names_healed_total",
        "Times that something was told again because it was lost.",
        (double) tally.heals());
    to.counter(
        "sluice_link_names_taken_back_total",
        "Times that something was taken back.",
        (double) tally.returns());
    to.counter(
        "sluice_link_names_failures_total",
        "Times that resolved or hostnamed could not be told.",
        (double) tally.failures());
  }
}
