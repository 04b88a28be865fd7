// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.time.temporal.ChronoUnit;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;

/** How the reading from the kernel goes, for health and metrics. */
@Component
public final class KernelObserver implements HealthCheck, MetricSource {
  private final KernelSource source;

  @Activate
  public KernelObserver(@Reference KernelSource source) {
    this.source = source;
  }

  @Override
  public String name() {
    return "link.kernel";
  }

  @Override
  public Health check() {
    Tally tally = source.tally();
    String failure = tally.failure();
    if (!failure.isEmpty()) {
      return Health.critical(
          "the kernel cannot be read: " + failure, "see the log of org.sluice.link.kernel");
    }
    if (tally.lastResync() == null) {
      return Health.warn("the kernel was not read yet", "");
    }
    String text =
        "%d links at the last look at %s, %d messages, %d overruns, receive buffer %d bytes"
            .formatted(
                tally.links(),
                tally.lastResync().truncatedTo(ChronoUnit.SECONDS),
                tally.messages(),
                tally.overruns(),
                tally.receiveBuffer());
    if (source.tooManyRoutes()) {
      return Health.warn(
          "more than " + source.mostRoutes() + " routes, only default routes are kept; " + text,
          "raise mostRoutes in org.sluice.link.kernel.cfg.json, or set routes to none");
    }
    return tally.receiveBuffer() < source.receiveBuffer()
        ? new Health(
            Health.Status.OK,
            text + ", " + source.receiveBuffer() + " were asked for",
            Capabilities.remedy(Set.of(Capability.CAP_NET_ADMIN)))
        : Health.ok(text);
  }

  @Override
  public void collect(Metrics to) {
    Tally tally = source.tally();
    to.counter(
        "sluice_link_kernel_messages_total",
        "Notifications of the kernel.",
        (double) tally.messages());
    tally
        .byType()
        .forEach(
            (type, count) ->
                to.counter(
                    "sluice_link_kernel_messages_by_type_total",
                    "Notifications of the kernel, by type.",
                    (double) count,
                    "type",
                    type));
    to.counter(
        "sluice_link_kernel_overruns_total",
        "Times the kernel dropped notifications for lack of room.",
        (double) tally.overruns());
    to.counter(
        "sluice_link_kernel_resyncs_total",
        "Times everything was asked for, the first time included.",
        (double) tally.resyncs());
    to.counter(
        "sluice_link_kernel_dump_restarts_total",
        "Answers that had to be asked for again because the state changed meanwhile.",
        (double) tally.dumpRestarts());
    to.counter(
        "sluice_link_kernel_route_looks_total",
        "Times the routes were asked for because some may have gone in silence.",
        (double) tally.routeLooks());
    to.counter(
        "sluice_link_kernel_failures_total",
        "Times reading failed and was begun anew.",
        (double) tally.failures());
    to.gauge(
        "sluice_link_kernel_receive_buffer_bytes",
        "Room for notifications that were not read yet.",
        tally.receiveBuffer());
  }
}
