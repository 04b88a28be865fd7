// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.ops.api.HealthCheck;

/** All checks there are, run when somebody asks. */
@Component(service = Checks.class, configurationPid = "org.sluice.ops.health")
@Designate(ocd = HealthConfig.class)
public final class Checks {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.health");
  private static final long IDLE_SECONDS = 10;
  private static final long STOP_SECONDS = 1;

  private final BundleContext context;
  private final Map<ServiceReference<HealthCheck>, Entry> entries = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads;
  private volatile HealthConfig config;

  private record Entry(Checkup checkup, Foreign service) {}

  @Activate
  public Checks(BundleContext context, HealthConfig config) {
    this.context = context;
    this.config = config;
    // A thread a check: one that hangs must not hold up another. Platform threads, because a check
    // that hangs in a native call would take a carrier of the virtual ones with it.
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("ops.health/check").factory());
  }

  @Modified
  void modified(HealthConfig changed) {
    config = changed;
  }

  @Reference(
      service = HealthCheck.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bind(ServiceReference<HealthCheck> reference) {
    Foreign service = new Foreign(context, reference);
    String owner = String.valueOf(reference.getBundle());
    entries.put(reference, new Entry(new Checkup(owner, service), service));
  }

  void unbind(ServiceReference<HealthCheck> reference) {
    Entry entry = entries.remove(reference);
    if (entry != null) {
      entry.checkup().close();
      entry.service().close();
    }
  }

  /** Runs what is not fresh, waits as long as patience lasts, and tells. */
  HealthReport report() {
    CompletableFuture<Void> all =
        CompletableFuture.allOf(refresh().toArray(CompletableFuture[]::new));
    try {
      all.get(config.patience(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.log(System.Logger.Level.DEBUG, "not every health check answered in time");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException("a run completes without a value, whatever happens", e);
    }
    return HealthReport.of(Instant.now(), results());
  }

  /** What was answered last; what is old is asked anew without waiting for it. */
  List<CheckResult> latest() {
    refresh();
    return results();
  }

  private List<CompletableFuture<Void>> refresh() {
    long fresh = TimeUnit.MILLISECONDS.toNanos(config.fresh());
    List<CompletableFuture<Void>> runs = new ArrayList<>();
    Instant time = Instant.now();
    long now = System.nanoTime();
    for (Entry entry : entries.values()) {
      runs.add(entry.checkup().refresh(now, fresh, time, threads));
    }
    return runs;
  }

  private List<CheckResult> results() {
    long patience = TimeUnit.MILLISECONDS.toNanos(config.patience());
    long now = System.nanoTime();
    return entries.values().stream()
        .map(entry -> entry.checkup().result(now, patience))
        .flatMap(Optional::stream)
        .toList();
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    threads.shutdownNow();
    threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
