// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleEvent;
import org.osgi.framework.BundleListener;
import org.osgi.framework.FrameworkEvent;
import org.osgi.framework.FrameworkListener;

/**
 * Remembers why the framework could not start a bundle by itself: it says so once, in an event, and
 * keeps nothing. Kept as text, until the bundle starts or goes.
 */
final class StartFailures implements FrameworkListener, BundleListener {
  private final Map<Long, Failure> failures = new ConcurrentHashMap<>();

  Optional<Failure> of(Bundle bundle) {
    return Optional.ofNullable(failures.get(bundle.getBundleId()));
  }

  @Override
  public void frameworkEvent(FrameworkEvent event) {
    Bundle bundle = event.getBundle();
    Throwable thrown = event.getThrowable();
    if (event.getType() == FrameworkEvent.ERROR
        && thrown != null
        && bundle.getBundleId() != 0
        && bundle.getState() != Bundle.ACTIVE) {
      failures.put(bundle.getBundleId(), Failure.of(thrown, BundleInquiry.own(bundle)));
    }
  }

  @Override
  public void bundleChanged(BundleEvent event) {
    switch (event.getType()) {
      case BundleEvent.STARTED, BundleEvent.UNINSTALLED, BundleEvent.UPDATED ->
          failures.remove(event.getBundle().getBundleId());
      default -> {}
    }
  }
}
