// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.SourceState;
import org.sluice.link.api.SourceState.Condition;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the table is, for health and metrics. */
@Component
public final class TableObserver implements HealthCheck, MetricSource {
  /**
   * How long nobody may tell of links, beyond the time that the facts of one that went stay: a
   * bundle that is being replaced is no reason to take a configuration back.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final LiveTable table;
  private final Duration patience;

  @Activate
  public TableObserver(@Reference LiveTable table) {
    this(table, PATIENCE);
  }

  TableObserver(LiveTable table, Duration patience) {
    this.table = table;
    this.patience = patience;
  }

  @Override
  public String name() {
    return "link.table";
  }

  @Override
  public Health check() {
    TableFigures figures = table.figures();
    if (figures.quiet().isPresent()) {
      Duration quiet = figures.quiet().get();
      String text =
          "for %d s no source tells what the network is like".formatted(quiet.toSeconds());
      String hint = "start one, for example the bundle org.sluice.link.kernel";
      return quiet.compareTo(patience) < 0
          ? Health.warn(text + "; after " + patience.toSeconds() + " s this is critical", hint)
          : Health.critical(text, hint);
    }
    List<SourceState> ill =
        figures.sources().stream()
            .filter(s -> s.condition() != Condition.LIVE && s.condition() != Condition.ABSENT)
            .toList();
    String text =
        "%d links, %d addresses, %d routes, %d rules, %d leases, event %d, %d subscribers, the slowest %d events behind"
            .formatted(
                figures.links(),
                figures.addresses(),
                figures.routes(),
                figures.rules(),
                figures.leases(),
                figures.events(),
                figures.subscribers(),
                figures.lag());
    if (ill.isEmpty()) {
      return Health.ok(text);
    }
    String sources =
        ill.stream()
            .map(s -> "source " + s.name() + " is " + s.condition().word() + " " + s.text())
            .collect(Collectors.joining("; "));
    return Health.warn(sources + "; " + text, "link:sources tells more");
  }

  @Override
  public void collect(Metrics to) {
    TableFigures figures = table.figures();
    to.gauge("sluice_link_links", "Links of this host.", figures.links());
    to.gauge("sluice_link_addresses", "Addresses of this host.", figures.addresses());
    to.gauge("sluice_link_routes", "Routes that are watched.", figures.routes());
    to.gauge("sluice_link_rules", "Rules of policy routing.", figures.rules());
    to.gauge("sluice_link_leases", "Leases of DHCP.", figures.leases());
    figures
        .eventsByName()
        .forEach(
            (name, count) ->
                to.counter(
                    "sluice_link_events_total", "Events by kind.", (double) count, "event", name));
    figures
        .eventsByCause()
        .forEach(
            (cause, count) ->
                to.counter(
                    "sluice_link_events_by_cause_total",
                    "Events by how they came to be known.",
                    (double) count,
                    "cause",
                    cause.name().toLowerCase(Locale.ROOT)));
    to.gauge("sluice_link_subscribers", "Who is told of events.", figures.subscribers());
    to.gauge(
        "sluice_link_subscriber_lag_events",
        "Events the slowest subscriber was not told yet.",
        (double) figures.lag());
    to.counter(
        "sluice_link_subscriber_resyncs_total",
        "Times a slow subscriber was given the picture anew.",
        (double) figures.fallenBehind());
    to.counter(
        "sluice_link_subscriber_missed_events_total",
        "Events that slow subscribers were not told one by one.",
        (double) figures.missed());
    to.counter(
        "sluice_link_subscriber_failures_total",
        "Times a subscriber failed on what it was told.",
        (double) figures.listenerFailures());
    for (SourceState source : figures.sources()) {
      to.gauge(
          "sluice_link_source_live",
          "Whether what the source told is so.",
          source.condition() == Condition.LIVE ? 1 : 0,
          "source",
          source.name());
    }
  }
}
