// SPDX-License-Identifier: Apache-2.0
/**
 * Programs that the kernel runs on packets, put together instruction by instruction: classic ones,
 * for the filter of a socket, and extended ones.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys.bpf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
