// SPDX-License-Identifier: Apache-2.0
/** Starts the framework, installs the bundles of the product, and stops both in order. */
@NullMarked
package org.sluice.runtime;

import org.jspecify.annotations.NullMarked;
