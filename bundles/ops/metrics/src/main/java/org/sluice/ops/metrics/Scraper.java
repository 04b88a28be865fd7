// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.LongAdder;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;
import org.sluice.ops.api.MetricSource;

/** Asks all sources and puts together what they give. One scrape at a time. */
@Component(service = Scraper.class)
public final class Scraper {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.metrics");
  private static final long PATIENCE_MILLIS = 1000;
  private static final long IDLE_SECONDS = 10;
  private static final long STOP_SECONDS = 1;

  private final BundleContext context;
  private final ConcurrentSkipListMap<ServiceReference<MetricSource>, Source> sources =
      new ConcurrentSkipListMap<>();
  private final Map<String, LongAdder> failures = new ConcurrentHashMap<>();
  private final ThreadPoolExecutor threads;
  private final ProcessNumbers process;

  @Activate
  public Scraper(BundleContext context) {
    process = new ProcessNumbers(context.getBundle().getVersion().toString());
    this.context = context;
    this.threads =
        new ThreadPoolExecutor(
            0,
            Integer.MAX_VALUE,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new SynchronousQueue<>(),
            Thread.ofPlatform().daemon().name("ops.metrics/collect").factory());
  }

  @Reference(
      service = MetricSource.class,
      cardinality = ReferenceCardinality.MULTIPLE,
      policy = ReferencePolicy.DYNAMIC)
  void bind(ServiceReference<MetricSource> reference) {
    sources.put(reference, new Source(context, reference));
  }

  void unbind(ServiceReference<MetricSource> reference) {
    Source source = sources.remove(reference);
    if (source != null) {
      source.close();
    }
  }

  synchronized List<Family> scrape() {
    long start = System.nanoTime();
    long end = start + TimeUnit.MILLISECONDS.toNanos(PATIENCE_MILLIS);
    // Older services first: who comes later must not push out who was there.
    List<Source> asked = new ArrayList<>(sources.descendingMap().values());
    List<CompletableFuture<Gathering>> runs = asked.stream().map(s -> s.ask(threads)).toList();
    Exposition exposition = new Exposition();
    Gathering own = new Gathering();
    process.collect(own);
    exposition.add(own.families());
    int good = 0;
    for (int i = 0; i < runs.size(); i++) {
      good += take(asked.get(i), runs.get(i), end, exposition) ? 1 : 0;
    }
    exposition.add(self(good, asked.size(), start));
    return exposition.families();
  }

  private boolean take(
      Source source, CompletableFuture<Gathering> run, long end, Exposition exposition) {
    try {
      long rest = Math.max(0, end - System.nanoTime());
      exposition.add(run.get(rest, TimeUnit.NANOSECONDS).families());
      source.troubled("");
      return true;
    } catch (TimeoutException e) {
      failed(source, "gives no answer; it must not block", null);
    } catch (BadMetricException e) {
      failed(source, e.what(), null);
    } catch (ExecutionException | CompletionException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      failed(source, "threw " + cause, cause instanceof BadMetricException ? null : cause);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return false;
  }

  private void failed(
      Source source, String what, @org.jspecify.annotations.Nullable Throwable cause) {
    failures.computeIfAbsent(source.owner(), o -> new LongAdder()).increment();
    if (source.troubled(what)) {
      String message =
          "left out the metrics of a bundle, tell its maker: " + what + " bundle=" + source.owner();
      if (cause == null) {
        LOG.log(System.Logger.Level.WARNING, message);
      } else {
        LOG.log(System.Logger.Level.WARNING, message, cause);
      }
    }
  }

  private List<Family> self(int good, int asked, long start) {
    Gathering self = new Gathering();
    self.gauge("sluice_metrics_sources", "Sources that gave their metrics.", good, "state", "good");
    self.gauge(
        "sluice_metrics_sources", "Sources that gave their metrics.", asked - good, "state", "bad");
    failures.forEach(
        (owner, count) ->
            self.counter(
                "sluice_metrics_source_failures_total",
                "Scrapes in which the metrics of a bundle had to be left out.",
                (double) count.sum(),
                "bundle",
                owner));
    self.gauge(
        "sluice_metrics_scrape_seconds",
        "How long it took to gather this answer.",
        (System.nanoTime() - start) / 1e9);
    return self.families();
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    threads.shutdownNow();
    threads.awaitTermination(STOP_SECONDS, TimeUnit.SECONDS);
  }
}
