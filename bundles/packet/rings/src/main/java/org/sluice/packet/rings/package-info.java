// SPDX-License-Identifier: Apache-2.0
/**
 * Rings that two parties share in memory, and a port of frames over four of them.
 *
 * <p>This is how AF_XDP works, without the kernel: who puts in writes entries and then moves the
 * producer's index, who takes out reads entries and then moves the consumer's. {@link
 * org.sluice.packet.rings.RingPort} is the port that the driver for AF_XDP and the simulator have
 * in common, so that what is tested on the simulator is what runs on the interface.
 *
 * <p>Who wants the rings themselves gets them by {@link org.sluice.packet.rings.RawRings}.
 *
 * <p><b>Safety.</b> A {@link org.sluice.packet.rings.ConsumerRing} or {@link
 * org.sluice.packet.rings.ProducerRing} belongs to one thread at a time and trusts it: who frees
 * entries that were not read, or publishes entries that were not written, makes the other party use
 * chunks that belong to somebody else. No call can reach outside the memory of the ring.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.packet.rings;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
