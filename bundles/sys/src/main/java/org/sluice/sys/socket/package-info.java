// SPDX-License-Identifier: Apache-2.0
/**
 * UDP sockets as kernel objects: {@link org.sluice.sys.socket.UdpSocket} owns one, {@link
 * org.sluice.sys.socket.MessageArray} is what it sends from and receives into, many datagrams a
 * call.
 *
 * <p>Addresses are two longs, as of IPv6 in network order; those of IPv4 are mapped ({@code
 * ::ffff:192.0.2.1}), and all zero means none. Nothing here knows what the datagrams are for.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys.socket;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
