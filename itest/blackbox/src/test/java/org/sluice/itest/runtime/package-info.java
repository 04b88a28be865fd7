// SPDX-License-Identifier: Apache-2.0
/** Tests of the start script, the launcher, and what is packed. */
@NullMarked
package org.sluice.itest.runtime;

import org.jspecify.annotations.NullMarked;
