// SPDX-License-Identifier: Apache-2.0
/** Frames by AF_XDP: a program in the way of the interface hands over those that match. */
@NullMarked
package org.sluice.packet.xdp;

import org.jspecify.annotations.NullMarked;
