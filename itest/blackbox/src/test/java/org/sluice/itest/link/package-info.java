// SPDX-License-Identifier: Apache-2.0
/** The picture of the network, against what the kernel's own tool says. */
@NullMarked
package org.sluice.itest.link;

import org.jspecify.annotations.NullMarked;
