// SPDX-License-Identifier: Apache-2.0
/**
 * Configuration that cannot do harm.
 *
 * <p>The folder {@code configs/} is the truth about what people want; {@link
 * org.sluice.host.config.ConfigFolder} reads it as one picture. {@link
 * org.sluice.host.config.Checker} holds that picture against what the bundles say of their keys
 * ({@link org.sluice.host.config.Schemas}). What passes becomes a generation: {@link
 * org.sluice.host.config.GenerationStore} writes it down, {@link org.sluice.host.config.Applier}
 * hands it to Config Admin, {@link org.sluice.host.config.Probation} watches what it does, and
 * {@link org.sluice.host.config.Guard} commits it or takes it back whole. Nothing ever writes to
 * the user's files.
 */
@NullMarked
package org.sluice.host.config;

import org.jspecify.annotations.NullMarked;
