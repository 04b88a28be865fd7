// SPDX-License-Identifier: Apache-2.0
/**
 * Programs for the kernel, written in Java: assembled, listed for people, loaded, attached.
 *
 * <p>{@link org.sluice.sys.bpf.EbpfAssembler} makes {@link org.sluice.sys.bpf.EbpfCode}, {@link
 * org.sluice.sys.bpf.BpfProgram} loads it and carries what the verifier said, {@link
 * org.sluice.sys.bpf.BpfLink} attaches it for as long as the link is open, and no longer: what a
 * killed process had attached goes with it. {@link org.sluice.sys.bpf.ClassicAssembler} makes the
 * filters of packet sockets.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.sys.bpf;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
