// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the domain {@code packet}: the drivers of ports beside programs in C that do the same
 * work, round by round in turn, on a wire between two networks of their own.
 */
@NullMarked
package org.sluice.bench.packet;

import org.jspecify.annotations.NullMarked;
