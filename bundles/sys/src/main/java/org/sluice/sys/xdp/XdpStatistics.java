// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.xdp;

/**
 * What the kernel counted for a socket.
 *
 * @param dropped packets lost for other reasons than the ones below, such as being too long
 * @param invalidReceive entries of the fill ring that named no chunk
 * @param invalidSend entries of the transmit ring that were refused
 * @param ringFull packets lost since the receive ring was full
 * @param fillEmpty packets lost since the fill ring was empty
 * @param sendEmpty times that there was nothing to send
 */
public record XdpStatistics(
    long dropped,
    long invalidReceive,
    long invalidSend,
    long ringFull,
    long fillEmpty,
    long sendEmpty) {}
