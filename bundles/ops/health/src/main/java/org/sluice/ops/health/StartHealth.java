// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether the process has started, and does not stop yet. */
@Component
public final class StartHealth implements HealthCheck {
  private final BundleContext context;

  @Activate
  public StartHealth(BundleContext context) {
    this.context = context;
  }

  @Override
  public String name() {
    return "host.start";
  }

  @Override
  public Health check() {
    Bundle framework = context.getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    return switch (framework.getState()) {
      case Bundle.ACTIVE -> Health.ok("started, %d bundles".formatted(context.getBundles().length));
      case Bundle.STOPPING -> Health.critical("the process is stopping", "");
      default -> Health.critical("the process is starting", "wait");
    };
  }
}
