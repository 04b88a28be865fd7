// SPDX-License-Identifier: Apache-2.0
/**
 * What stands in a frame.
 *
 * <p>A protocol is a {@link org.sluice.packet.proto.Header}: a view on bytes where they lie, to be
 * moved from packet to packet. It checks what it is laid on and says with a {@link
 * org.sluice.packet.proto.Refusal} what is wrong; afterwards nothing it is asked reads outside.
 * {@link org.sluice.packet.proto.Layers} walks a whole frame once, {@link
 * org.sluice.packet.proto.PacketText} tells it in a line.
 *
 * <p>{@link org.sluice.packet.proto.Matcher} is what a {@link org.sluice.packet.api.Match} means,
 * byte by byte; whoever compiles a match for a kernel must agree with it.
 *
 * <p>{@link org.sluice.packet.proto.UdpOverFrames} makes a port of datagrams from a port of frames.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.packet.proto;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
