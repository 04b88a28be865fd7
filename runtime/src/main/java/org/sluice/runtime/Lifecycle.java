// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import static java.lang.System.Logger.Level.DEBUG;
import static java.lang.System.Logger.Level.ERROR;
import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.logging.Handler;
import java.util.logging.Logger;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;

/**
 * From start to stop. Bundles stop in the reverse order of their start levels; what does not stop
 * in time is named, and the process ends without it.
 */
final class Lifecycle {
  private static final System.Logger LOG = System.getLogger("org.sluice.runtime");
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);
  private static final Duration READY_PATIENCE = Duration.ofSeconds(5);

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
    List<Bundle> product = install(BundleList.read(distribution.resolve("lib/bundles.list")));
    Signals.handle(this::stop, () -> Runtime.getRuntime().halt(ENDED_BY_TERM));
    framework.start();
    tellUp(product);
    FrameworkEvent end;
    do {
      end = framework.waitForStop(0);
    } while (end.getType() == FrameworkEvent.STOPPED_UPDATE);
    stopped.countDown();
    LOG.log(INFO, "sluice has stopped");
    return end.getType() == FrameworkEvent.ERROR ? 1 : 0;
  }

  private void tellUp(List<Bundle> product) throws InterruptedException {
    BundleContext context = framework.getBundleContext();
    // Asked to stop while it started: there is nothing to tell.
    if (framework.getState() != Bundle.ACTIVE || context == null) {
      return;
    }
    List<String> waiting = new Readiness(context).await(product, READY_PATIENCE);
    if (framework.getState() != Bundle.ACTIVE) {
      return;
    }
    String told =
        "sluice is up ms=%d bundles=%d home=%s"
            .formatted(sinceStart(), context.getBundles().length, home);
    if (waiting.isEmpty()) {
      LOG.log(INFO, told);
    } else {
      LOG.log(WARNING, told + " without=" + String.join(",", waiting));
    }
  }

  /**
   * Milliseconds since the start, or -1. Both ends are told by the kernel's clock since boot; a
   * start told as time of day would be off by as much as the clock was set meanwhile.
   */
  private static long sinceStart() {
    try {
      double now = Double.parseDouble(Files.readString(Path.of("/proc/uptime")).split(" ", 2)[0]);
      String begun = System.getProperty("sluice.started");
      return Math.round(
          (now - (begun == null ? processStart() : Double.parseDouble(begun))) * 1000);
    } catch (IOException | NumberFormatException e) {
      LOG.log(DEBUG, "the age of the process is not known", e);
      return -1;
    }
  }

  /** When the process was made, in seconds since boot: for a start without the script. */
  private static double processStart() throws IOException {
    String stat = Files.readString(Path.of("/proc/self/stat"));
    // Behind the name, which may hold anything, the start is the twentieth word, in 1/100 s.
    return Long.parseLong(stat.substring(stat.lastIndexOf(')') + 2).split(" ", 21)[19]) / 100.0;
  }

  private List<Bundle> install(List<BundleList.Entry> entries) throws BundleException {
    BundleContext context = framework.getBundleContext();
    FrameworkStartLevel levels = framework.adapt(FrameworkStartLevel.class);
    int initial = levels.getInitialBundleStartLevel();
    List<Bundle> startable = new ArrayList<>();
    for (BundleList.Entry entry : entries) {
      Path jar = distribution.resolve("bundles").resolve(entry.file());
      // A level given to a bundle that is there already takes a turn of another thread.
      levels.setInitialBundleStartLevel(entry.level());
      Bundle bundle = context.installBundle("reference:" + jar.toUri());
      if ((bundle.adapt(BundleRevision.class).getTypes() & BundleRevision.TYPE_FRAGMENT) == 0) {
        startable.add(bundle);
      }
    }
    levels.setInitialBundleStartLevel(initial);
    for (Bundle bundle : startable) {
      bundle.start(Bundle.START_ACTIVATION_POLICY);
    }
    return startable;
  }

  private void stop() {
    try {
      framework.stop();
      if (!stopped.await(STOP_PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.log(ERROR, "did not stop in " + STOP_PATIENCE.toSeconds() + " s because of " + busy());
        end();
      }
    } catch (BundleException | InterruptedException e) {
      LOG.log(ERROR, "stopping failed", e);
      end();
    }
  }

  /** At once, but not before the reason has been written. */
  private static void end() {
    for (Handler handler : Logger.getLogger("").getHandlers()) {
      handler.flush();
    }
    Runtime.getRuntime().halt(1);
  }

  /** Every thread that is inside code of a bundle, with the line there it stands at. */
  private static String busy() {
    List<String> threads = new ArrayList<>();
    Thread.getAllStackTraces()
        .forEach(
            (thread, stack) -> {
              for (StackTraceElement frame : stack) {
                if (thread != Thread.currentThread() && ofBundle(frame)) {
                  threads.add(thread.getName() + " at " + frame);
                  break;
                }
              }
            });
    threads.sort(null);
    return threads.isEmpty() ? "no thread that can be named" : String.join("; ", threads);
  }

  private static boolean ofBundle(StackTraceElement frame) {
    String name = frame.getClassName();
    return frame.getModuleName() == null
        && !name.startsWith("org.sluice.runtime.")
        && !name.startsWith("org.apache.felix.")
        && !name.startsWith("org.eclipse.jetty.");
  }
}
