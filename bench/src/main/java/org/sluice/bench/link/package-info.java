// SPDX-License-Identifier: Apache-2.0
/**
 * Measures the domain {@code link}: hooks against networkd-dispatcher, event by event in turn; then
 * bursts, policy routing and streams of events, on the real kernel in networks of their own.
 */
@NullMarked
package org.sluice.bench.link;

import org.jspecify.annotations.NullMarked;
