// SPDX-License-Identifier: Apache-2.0
/** {@code ./sluice sign}: keys and signatures for plugins. Runs by itself, without the product. */
@NullMarked
package org.sluice.runtime.sign;

import org.jspecify.annotations.NullMarked;
