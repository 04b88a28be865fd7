// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * One question about the well-being of the process, registered as a service.
 *
 * <p>{@link #check} is called by the health bundle, never twice at the same time and at most once a
 * second, and by the guards of plugins and configuration while they judge a change; so it may be
 * called on two threads at once. It should return within a second: one that takes longer is
 * reported as critical until it returns. One that throws is critical with what it threw.
 */
@ConsumerType
public interface HealthCheck {

  /** What is checked, as {@code domain.subject}: {@code link.kernel}. */
  String name();

  /** Whether a failure means "restart me" or only "send me no work". */
  default Probe probe() {
    return Probe.READINESS;
  }

  Health check();

  /** The two questions an orchestrator asks. */
  enum Probe {
    LIVENESS,
    READINESS
  }
}
