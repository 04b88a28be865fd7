// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the host against Karaf (start, memory) and against stock Felix FileInstall (drop, swap,
 * configuration), in turn within one run, so that a busy machine slows all alike.
 */
@NullMarked
package org.sluice.bench.host;

import org.jspecify.annotations.NullMarked;
