// SPDX-License-Identifier: Apache-2.0
/**
 * What drivers have in common: who may use a port now ({@link org.sluice.packet.api.driver.Gate}),
 * which chunks are free ({@link org.sluice.packet.api.driver.ChunkPool}) and what was moved ({@link
 * org.sluice.packet.api.driver.Tally}).
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.packet.api.driver;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
