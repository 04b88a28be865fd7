// SPDX-License-Identifier: Apache-2.0
/** Packets through the running product, on interfaces of networks that the tests made. */
@NullMarked
package org.sluice.itest.packet;

import org.jspecify.annotations.NullMarked;
