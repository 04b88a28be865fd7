// SPDX-License-Identifier: Apache-2.0
/**
 * How a bundle lets itself be observed.
 *
 * <p>A bundle registers services of these types and is at once part of {@code /health}, {@code
 * /metrics} and {@code /api/v1}: a {@link org.sluice.ops.api.HealthCheck} says whether it is well
 * and what to do if not, a {@link org.sluice.ops.api.MetricSource} tells its numbers, a {@link
 * org.sluice.ops.api.Resource} answers one path, an {@link org.sluice.ops.api.EventFeed} streams.
 * When the bundle goes, so do they. Everything here only reads; changes are made by configuration
 * files and by the shell, where the kernel says who asks.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.ops.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
