// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.time.Instant;
import org.sluice.host.api.Detail;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * What one check said last.
 *
 * @param remedy what a person can do about it; empty when there is nothing to do
 * @param since when the check began to say this status
 */
record CheckResult(
    String name,
    @Detail HealthCheck.Probe probe,
    Health.Status status,
    String text,
    String remedy,
    @Detail Instant since) {}
