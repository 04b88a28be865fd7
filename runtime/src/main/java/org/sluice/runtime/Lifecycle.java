// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.Constants;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;

/**
 * From start to stop. Bundles stop in the reverse order of their start levels; what does not stop
 * in time is named, and the process ends without it.
 */
final class Lifecycle {
  private static final System.Logger LOG = System.getLogger("org.sluice.runtime");
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  /** What a shell reports for a process ended by SIGTERM. */
  private static final int ENDED_BY_TERM = 128 + 15;

  private final Path distribution;
  private final Path home;
  private final Framework framework;
  private final CountDownLatch stopped = new CountDownLatch(1);

  Lifecycle(Path distribution, Path home, Map<String, String> properties) {
    this.distribution = distribution;
    this.home = home;
    this.framework =
        ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(properties);
  }

  /** Returns when the framework has stopped. */
  int run() throws BundleException, IOException, InterruptedException {
    framework.init();
    install(BundleList.read(distribution.resolve("lib/bundles.list")));
    Signals.handle(this::stop, () -> Runtime.getRuntime().halt(ENDED_BY_TERM));
    framework.start();
    LOG.log(
        INFO,
        "sluice is up ms=%d bundles=%d home=%s"
            .formatted(sinceStart(), framework.getBundleContext().getBundles().length, home));
    FrameworkEvent end;
    do {
      end = framework.waitForStop(0);
    } while (end.getType() == FrameworkEvent.STOPPED_UPDATE);
    stopped.countDown();
    LOG.log(INFO, "sluice has stopped");
    return end.getType() == FrameworkEvent.ERROR ? 1 : 0;
  }

  private static long sinceStart() {
    return ProcessHandle.current()
        .info()
        .startInstant()
        .map(start -> Duration.between(start, Instant.now()).toMillis())
        .orElse(-1L);
  }

  private void install(List<BundleList.Entry> entries) throws BundleException {
    BundleContext context = framework.getBundleContext();
    List<Bundle> startable = new ArrayList<>();
    for (BundleList.Entry entry : entries) {
      Path jar = distribution.resolve("bundles").resolve(entry.file());
      Bundle bundle = context.installBundle("reference:" + jar.toUri());
      bundle.adapt(BundleStartLevel.class).setStartLevel(entry.level());
      if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
        startable.add(bundle);
      }
    }
    for (Bundle bundle : startable) {
      bundle.start(Bundle.START_ACTIVATION_POLICY);
    }
  }

  private void stop() {
    try {
      framework.stop();
      if (!stopped.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(ERROR, "did not stop in " + STOP_PATIENCE.toSeconds() + " s because of " + busy());
        Runtime.getRuntime().halt(1);
      }
    } catch (BundleException | InterruptedException e) {
      LOG.log(ERROR, "stopping failed", e);
      Runtime.getRuntime().halt(1);
    }
  }

  /** Threads of bundles, and of the framework while it stops them, each with where it stands. */
  private static String busy() {
    StringBuilder text = new StringBuilder();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              boolean named =
                  thread.getName().contains("/") || thread.getName().startsWith("Felix");
              if (named && stack.length > 0 && thread != Thread.currentThread()) {
                text.append(thread.getName()).append(" at ").append(stack[0]).append("; ");
              }
            });
    return text.isEmpty() ? "no thread that can be named" : text.toString();
  }
}
