// SPDX-License-Identifier: Apache-2.0
/**
 * Guarded configuration on the real distribution: what people do to files in {@code configs/}, and
 * what must come of it. {@link org.sluice.itest.config.Probe} is the plugin that shows it.
 */
@NullMarked
package org.sluice.itest.config;

import org.jspecify.annotations.NullMarked;
