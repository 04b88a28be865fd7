// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import org.jspecify.annotations.Nullable;
import org.osgi.annotation.versioning.ProviderType;

/**
 * A port of frames for those who are called when something is there. All methods may be called by
 * any thread. Stages are completed and subscribers are called by one thread of the port, so they
 * must not block.
 *
 * <p>Nothing is received that nobody asked for: packets that arrive meanwhile wait in the port, and
 * are lost and counted when it is full.
 */
@ProviderType
public interface AsyncPort extends AutoCloseable {

  /**
   * The next packet that arrives. Whoever asked first is served first, before a subscriber; a stage
   * that was cancelled takes none. Fails with {@link PortClosedException} when the port is closed.
   */
  CompletionStage<Packet> next();

  /**
   * All packets, as many as were requested, each owned by the subscriber. There is one subscriber
   * at a time; another one is refused by {@code onError}. It completes when the port is closed. A
   * subscriber that throws is cancelled, and the packet it was given is taken back.
   */
  Flow.Publisher<Packet> packets();

  /** As {@link PacketSender#reserve}. */
  @Nullable Packet reserve();

  /**
   * Takes a packet over, which from now on does not belong to the caller.
   *
   * @return completes when it was handed to the kernel, or dropped and counted since its driver is
   *     gone; fails with {@link PortClosedException} when the port was closed before
   * @throws IllegalArgumentException when it is of another port
   * @throws IllegalStateException when the caller gave it away before
   */
  CompletionStage<@Nullable Void> send(Packet packet);

  /** As {@link FramePort#match}. */
  void match(Match match) throws PortException;

  PortStatistics statistics();

  PortReport report();

  /** Closes the port; when this returns nobody is called any more, but by a call of its own. */
  @Override
  void close();
}
