// SPDX-License-Identifier: Apache-2.0
/** Sockets of the kernel, each with the memory it shares with it. */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys.socket;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
