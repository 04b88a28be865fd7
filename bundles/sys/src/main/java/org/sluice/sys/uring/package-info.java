// SPDX-License-Identifier: Apache-2.0
/** Rings of io_uring. Not exported: other bundles are given what is built with them. */
@NullMarked
package org.sluice.sys.uring;

import org.jspecify.annotations.NullMarked;
