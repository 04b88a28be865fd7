// SPDX-License-Identifier: Apache-2.0
/**
 * Health, metrics, REST and log of the real distribution, with a plugin that misbehaves on demand.
 */
@NullMarked
package org.sluice.itest.ops;

import org.jspecify.annotations.NullMarked;
