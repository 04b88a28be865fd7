// SPDX-License-Identifier: Apache-2.0
/**
 * What drivers have in common that move UDP by a socket of the kernel: {@link
 * org.sluice.packet.datagram.UdpDriver} opens and closes ports, {@link
 * org.sluice.packet.datagram.UdpPort} does all but receive.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.packet.datagram;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
