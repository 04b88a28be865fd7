// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleException;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Lets a bundle end the calls that are under way, stops it, uninstalls it and refreshes exactly
 * what was wired to it, so that its class loader goes. Runs code of the plugin, so it runs on a
 * thread of its own and may never come back.
 */
final class Retirement implements Runnable {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Bundle bundle;
  private final FrameworkWiring wiring;
  private final Set<Bundle> stuck;
  private final boolean keep;
  private final Duration drain;
  private final List<Bundle> dependents = new ArrayList<>();

  /**
   * @param stuck bundles that do not come back from a call; the framework must not be made to wait
   *     for them
   * @param keep whether it is only to be stopped
   * @param drain how long it goes on serving: whoever found a service of it may be about to call it
   */
  Retirement(
      Bundle bundle, FrameworkWiring wiring, Set<Bundle> stuck, boolean keep, Duration drain) {
    this.bundle = bundle;
    this.wiring = wiring;
    this.stuck = stuck;
    this.keep = keep;
    this.drain = drain;
  }

  Bundle bundle() {
    return bundle;
  }

  /** What was wired to it and ran, and has to be started again. To be asked when it is done. */
  List<Bundle> dependents() {
    return dependents;
  }

  @Override
  public void run() {
    try {
      Thread.sleep(drain);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    if (keep) {
      stop(bundle);
      return;
    }
    // Dependents are stopped here and started by whoever asked: were it left to the framework, one
    // that never comes back would hold the framework's lock for ever.
    for (Bundle dependent : wiring.getDependencyClosure(List.of(bundle))) {
      if (!dependent.equals(bundle) && dependent.getState() == Bundle.ACTIVE) {
        dependents.add(dependent);
        stop(dependent);
      }
    }
    stop(bundle);
    try {
      if (bundle.getState() != Bundle.UNINSTALLED) {
        bundle.uninstall();
      }
    } catch (BundleException | IllegalStateException e) {
      LOG.log(System.Logger.Level.WARNING, "uninstalling " + bundle + ": " + Failure.summary(e));
      return;
    }
    refresh();
  }

  private static void stop(Bundle bundle) {
    try {
      if (bundle.getState() != Bundle.UNINSTALLED) {
        bundle.stop(Bundle.STOP_TRANSIENT);
      }
    } catch (BundleException | IllegalStateException e) {
      // A bundle whose activator throws in stop() is stopped all the same.
      LOG.log(System.Logger.Level.WARNING, "stopping " + bundle + ": " + Failure.summary(e));
    }
  }

  private void refresh() {
    var closure = wiring.getDependencyClosure(List.of(bundle));
    if (closure.stream().anyMatch(stuck::contains)) {
      LOG.log(
          System.Logger.Level.WARNING,
          "not refreshing what was wired to " + bundle + ", because one of it does not come back");
      return;
    }
    CountDownLatch refreshed = new CountDownLatch(1);
    wiring.refreshBundles(List.of(bundle), event -> refreshed.countDown());
    try {
      refreshed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
