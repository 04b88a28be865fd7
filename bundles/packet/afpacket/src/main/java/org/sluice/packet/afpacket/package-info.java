// SPDX-License-Identifier: Apache-2.0
/** Ports of frames by packet sockets, which every Linux has. */
@NullMarked
package org.sluice.packet.afpacket;

import org.jspecify.annotations.NullMarked;
