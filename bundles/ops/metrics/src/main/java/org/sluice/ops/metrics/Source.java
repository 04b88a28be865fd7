// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.sluice.ops.api.MetricSource;

/** A source of another bundle. It is asked on a thread of its own, for it may hang or throw. */
final class Source {
  private final BundleContext context;
  private final ServiceReference<MetricSource> reference;
  private final String owner;
  private volatile @Nullable MetricSource service;
  private volatile @Nullable Thread thread;
  private volatile @Nullable CompletableFuture<Gathering> running;

  /** What was wrong the last time, so that the log tells it once. */
  private volatile String trouble = "";

  Source(BundleContext context, ServiceReference<MetricSource> reference) {
    this.context = context;
    this.reference = reference;
    this.owner = reference.getBundle().getSymbolicName();
  }

  String owner() {
    return owner;
  }

  ServiceReference<MetricSource> reference() {
    return reference;
  }

  /** Starts asking; while an earlier run still hangs this answers that run. */
  CompletableFuture<Gathering> ask(Executor executor) {
    CompletableFuture<Gathering> earlier = running;
    if (earlier != null && !earlier.isDone()) {
      return earlier;
    }
    CompletableFuture<Gathering> run =
        CompletableFuture.supplyAsync(
            () -> {
              thread = Thread.currentThread();
              try {
                Gathering gathering = new Gathering();
                service().collect(gathering);
                return gathering;
              } finally {
                thread = null;
              }
            },
            executor);
    running = run;
    return run;
  }

  private MetricSource service() {
    MetricSource known = service;
    if (known == null) {
      known = context.getService(reference);
      if (known == null) {
        throw new IllegalStateException("its service cannot be had");
      }
      service = known;
    }
    return known;
  }

  /** Whether this is news. */
  boolean troubled(String what) {
    boolean news = !trouble.equals(what);
    trouble = what;
    return news;
  }

  /** The source is gone: whoever still asks it is told to end. */
  void close() {
    Thread asking = thread;
    if (asking != null) {
      asking.interrupt();
    }
    if (service != null) {
      service = null;
      context.ungetService(reference);
    }
  }
}
