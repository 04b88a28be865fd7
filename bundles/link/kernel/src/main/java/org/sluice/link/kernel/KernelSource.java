// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.kernel;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.LinkSource;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Capability;

/** Links, addresses and routes as the kernel has them. */
@Component(
    service = {LinkSource.class, HealthCheck.class, MetricSource.class},
    configurationPid = "org.sluice.link.kernel")
@Designate(ocd = KernelConfig.class)
public final class KernelSource implements LinkSource, HealthCheck, MetricSource {
  private static final int RANK = 100;

  private final Tally tally = new Tally();
  private final Routes.Scope scope;
  private final int mostRoutes;
  private final int receiveBuffer;
  private @Nullable Reader reader;
  private volatile @Nullable Routes routes;

  @Activate
  public KernelSource(KernelConfig config) {
    scope = Routes.Scope.valueOf(config.routes().toUpperCase(Locale.ROOT));
    mostRoutes = config.mostRoutes();
    receiveBuffer = config.receiveBuffer();
  }

  @Override
  public String name() {
    return "kernel";
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public synchronized void attach(LinkSink to) {
    detach();
    Routes fresh = new Routes(scope, mostRoutes);
    routes = fresh;
    reader = new Reader(to, tally, fresh, receiveBuffer);
    reader.start();
  }

  @Override
  @Deactivate
  public synchronized void detach() {
    if (reader != null) {
      reader.stop();
      reader = null;
    }
  }

  @Override
  public Health check() {
    String failure = tally.failure();
    if (!failure.isEmpty()) {
      return Health.critical(
          "the kernel cannot be read: " + failure, "see the log of org.sluice.link.kernel");
    }
    if (tally.lastResync() == null) {
      return Health.warn("the kernel was not read yet", "");
    }
    Routes watched = routes;
    String text =
        "%d links at the last look at %s, %d messages, %d overruns, receive buffer %d bytes"
            .formatted(
                tally.links(),
                tally.lastResync(),
                tally.messages(),
                tally.overruns(),
                tally.receiveBuffer());
    if (watched != null && watched.tooMany()) {
      return Health.warn(
          "more than " + mostRoutes + " routes, only default routes are kept; " + text,
          "raise mostRoutes in org.sluice.link.kernel.cfg.json, or set routes to none");
    }
    return tally.receiveBuffer() < receiveBuffer
        ? new Health(
            Health.Status.OK,
            text + ", " + receiveBuffer + " were asked for",
            Capabilities.remedy(Set.of(Capability.CAP_NET_ADMIN)))
        : Health.ok(text);
  }

  @Override
  public void collect(Metrics to) {
    to.counter(
        "sluice_link_kernel_messages_total",
        "Notifications of the kernel.",
        (double) tally.messages());
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
