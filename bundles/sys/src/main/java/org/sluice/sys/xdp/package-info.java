// SPDX-License-Identifier: Apache-2.0
/**
 * Sockets of the kind AF_XDP, by which an interface hands whole frames to a process in shared
 * memory.
 *
 * <p>A {@link org.sluice.sys.xdp.XdpSocket} maps the rings that it shares with the kernel; what is
 * done with them is the business of others.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys.xdp;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
