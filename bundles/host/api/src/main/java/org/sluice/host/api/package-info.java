// SPDX-License-Identifier: Apache-2.0
/**
 * The host: what makes plugging safe.
 *
 * <p>{@link org.sluice.host.api.Plugins} is the view on the drop-in folder, {@link
 * org.sluice.host.api.Generations} the view on the configuration folder, {@link
 * org.sluice.host.api.Explainer} answers why something is not up. A domain takes part by
 * registering a {@link org.sluice.host.api.ConfigCheck}. Commands are ordinary Gogo commands: they
 * return records, and the shell prints those as a table or as JSON; {@link
 * org.sluice.host.api.Commands} holds the conventions.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.host.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
