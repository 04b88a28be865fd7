// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.sluice.ops.api.HealthCheck;

/**
 * The service of another bundle, fetched by the thread that first needs it: fetching may construct
 * the component, and that is foreign code as well.
 */
final class Foreign implements Supplier<HealthCheck>, AutoCloseable {
  private final BundleContext context;
  private final ServiceReference<HealthCheck> reference;
  private volatile @Nullable HealthCheck check;
  private volatile boolean closed;

  Foreign(BundleContext context, ServiceReference<HealthCheck> reference) {
    this.context = context;
    this.reference = reference;
  }

  @Override
  public HealthCheck get() {
    HealthCheck known = check;
    if (known != null) {
      return known;
    }
    HealthCheck found = context.getService(reference);
    if (found == null) {
      throw new IllegalStateException(
          "its service cannot be had; host:explain "
              + reference.getBundle().getSymbolicName()
              + " tells why");
    }
    check = found;
    if (closed) {
      release();
    }
    return found;
  }

  private void release() {
    if (check != null) {
      check = null;
      context.ungetService(reference);
    }
  }

  @Override
  public void close() {
    closed = true;
    release();
  }
}
