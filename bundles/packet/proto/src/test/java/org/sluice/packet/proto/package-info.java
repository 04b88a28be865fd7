// SPDX-License-Identifier: Apache-2.0
/** Tests. */
@NullMarked
package org.sluice.packet.proto;

import org.jspecify.annotations.NullMarked;
