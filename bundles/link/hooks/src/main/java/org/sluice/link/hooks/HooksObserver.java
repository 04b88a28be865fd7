// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** How the hooks do, for health and metrics. */
@Component
public final class HooksObserver implements HealthCheck, MetricSource {
  /** Once may be bad luck. */
  private static final int BAD_IN_A_ROW = 3;

  private final Hooks hooks;

  @Activate
  public HooksObserver(@Reference Hooks hooks) {
    this.hooks = hooks;
  }

  @Override
  public String name() {
    return "link.hooks";
  }

  @Override
  public Health check() {
    List<Plan> plans = hooks.plans().stream().filter(plan -> !plan.standing().notMeant()).toList();
    List<Plan> refused = plans.stream().filter(plan -> !plan.standing().runs()).toList();
    if (!refused.isEmpty()) {
      Plan first = refused.getFirst();
      return Health.warn(
          "%d of %d hooks do not run, the first %s: %s"
              .formatted(
                  refused.size(), plans.size(), first.hook().name(), first.standing().problem()),
          "hooks:list tells of each");
    }
    hooks.journal().retain(hooks.names());
    List<Journal.Count> failing =
        hooks.journal().counts().stream().filter(c -> c.badInARow() >= BAD_IN_A_ROW).toList();
    if (!failing.isEmpty()) {
      Journal.Count first = failing.getFirst();
      return Health.warn(
          "%d hooks fail again and again, the first %s: %d times in a row, exit code %d"
              .formatted(failing.size(), first.hook(), first.badInARow(), first.last().exit()),
          "hooks:log shows what it wrote, hooks:test " + first.hook() + " tries it");
    }
    Dispatcher.Figures figures = hooks.figures();
    return Health.ok(
        "%d hooks, %d events wait, %d are held back for coming too often"
            .formatted(plans.size(), figures.queued(), figures.held()));
  }

  @Override
  public void collect(Metrics to) {
    for (Journal.Count count : hooks.journal().counts()) {
      count
          .executions()
          .forEach(
              (event, times) ->
                  to.counter(
                      "sluice_hooks_executions_total",
                      "Runs of hooks, refused ones included.",
                      (double) times,
                      "hook",
                      count.hook(),
                      "event",
                      event));
      count
          .failures()
          .forEach(
              (code, times) ->
                  to.counter(
                      "sluice_hooks_failures_total",
                      "Runs of hooks that went wrong, by exit code, or timeout or refused.",
                      (double) times,
                      "hook",
                      count.hook(),
                      "exit_code",
                      code));
      to.histogram(
          "sluice_hooks_duration_seconds",
          "How long hooks run.",
          bounds(Journal.BOUNDS),
          count.buckets().stream().mapToLong(Long::longValue).toArray(),
          count.seconds(),
          "hook",
          count.hook());
    }
    to.histogram(
        "sluice_hooks_delay_seconds",
        "From the moment an event is known to the start of a hook.",
        bounds(Journal.DELAY_BOUNDS),
        hooks.journal().delays(),
        hooks.journal().delaySum());
    Dispatcher.Figures figures = hooks.figures();
    to.counter(
        "sluice_hooks_suppressed_total",
        "Events not told to hooks because they came too often.",
        (double) figures.suppressed());
    to.counter(
        "sluice_hooks_superseded_total",
        "Events not told to hooks because they were no longer true.",
        (double) figures.superseded());
    to.gauge("sluice_hooks_queued", "Events that wait for hooks.", figures.queued());
    to.gauge("sluice_hooks_held", "Events held back until they may be told.", figures.held());
  }

  private static double[] bounds(List<Double> of) {
    return of.stream().mapToDouble(Double::doubleValue).toArray();
  }
}
