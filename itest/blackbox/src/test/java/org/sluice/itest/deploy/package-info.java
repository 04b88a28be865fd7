// SPDX-License-Identifier: Apache-2.0
/** Guarded deployment, seen from outside: one test for each thing a person may do with a jar. */
@NullMarked
package org.sluice.itest.deploy;

import org.jspecify.annotations.NullMarked;
