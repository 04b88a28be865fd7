// SPDX-License-Identifier: Apache-2.0
/**
 * How packets come into Java and leave it.
 *
 * <p>A {@link org.sluice.packet.api.Port} moves packets in batches between an interface, or an
 * address, and whoever opened it. There are two kinds: a {@link org.sluice.packet.api.FramePort}
 * moves frames of layer 2, a {@link org.sluice.packet.api.DatagramPort} moves UDP datagrams. Who
 * really moves them is a {@link org.sluice.packet.api.PortDriver}, one bundle each; {@link
 * org.sluice.packet.api.Ports} chooses one, and another one when its bundle goes.
 *
 * <p><b>Users.</b> There are three kinds. Most register a {@link
 * org.sluice.packet.api.PacketHandler} and are called with batches. Who hands packets from thread
 * to thread opens a {@link org.sluice.packet.api.SplitPort}, or an {@link
 * org.sluice.packet.api.AsyncPort} to be called, and owns every {@link
 * org.sluice.packet.api.Packet} for itself. Who wants the rings of a driver takes its port over by
 * {@link org.sluice.packet.api.FramePort#direct}.
 *
 * <p><b>Memory.</b> Packets lie outside the heap, in chunks of one {@link
 * org.sluice.packet.api.Port#memory}. A {@link org.sluice.packet.api.FrameBatch} or {@link
 * org.sluice.packet.api.DatagramBatch} is a reusable list of places in it. Nothing is copied on the
 * way and nothing is allocated per packet.
 *
 * <p><b>Ownership.</b> At every moment a chunk belongs to exactly one: to the port, or to whoever
 * holds it in a batch. {@code receive} and {@code reserve} hand chunks out; {@code send} and {@code
 * release} give them back. Who keeps a batch for ever starves the port; who uses a chunk after
 * giving it back reads somebody else's packet. {@link org.sluice.packet.api.FrameCensus} tells
 * where all chunks are.
 *
 * <p><b>Threads.</b> A port has two sides, and each is used by one thread at a time: the receiving
 * side ({@code receive}, {@code await}) and the sending side ({@code reserve}, {@code send}, {@code
 * flush}). Both may be the same thread. Two threads on one side are detected and refused. {@code
 * release}, {@code wake}, {@code report}, {@code statistics} and {@code close} may be called by any
 * thread at any time.
 *
 * <p><b>Failure.</b> What a packet holds never makes a call fail. A port whose interface goes down
 * or away receives nothing, drops what it is given to send, counts it, and says so in its {@link
 * org.sluice.packet.api.PortReport}. After {@code close} whoever wants something of the port gets
 * {@link org.sluice.packet.api.PortClosedException}, and so does a view on the memory ({@link
 * IllegalStateException}); nothing else is thrown. What only tidies up does nothing then: {@code
 * release} empties the batch, {@code wake} and {@code close} return; {@code statistics} answers
 * with the last numbers.
 */
@Export
@Version("1.0.0")
@NullMarked
package org.sluice.packet.api;

import org.jspecify.annotations.NullMarked;
import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
