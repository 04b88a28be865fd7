// SPDX-License-Identifier: Apache-2.0
/**
 * The calls themselves. Not exported: other bundles are given kernel objects that own what they
 * hold, never a call or a descriptor.
 */
@NullMarked
package org.sluice.sys.call;

import org.jspecify.annotations.NullMarked;
