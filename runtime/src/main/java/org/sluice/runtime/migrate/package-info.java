// SPDX-License-Identifier: Apache-2.0
/**
 * {@code ./sluice migrate}: configuration of Sluice, made of that of other products. Runs by
 * itself, without the product, and changes nothing but the folder it writes into.
 */
@NullMarked
package org.sluice.runtime.migrate;

import org.jspecify.annotations.NullMarked;
