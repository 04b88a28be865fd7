// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Does something with frames as they arrive. Registered as a service with the properties below, it
 * is called by the engine until it is unregistered; nothing else stops when it comes or goes.
 *
 * <p>Where several handlers share an interface they are called one after another, by falling
 * service ranking. Each sees the whole batch and decides on frames that are still {@link
 * FrameBatch.Verdict#OPEN}; it should leave the others alone. What nobody decided is dropped.
 */
@ConsumerType
public interface PacketHandler {
  /** The interface, by name. Required. */
  String INTERFACE = "packet.interface";

  /** The queue of the interface; all queues without it. */
  String QUEUE = "packet.queue";

  /** What is received, as text for {@link Match#parse}; everything without it. */
  String MATCH = "packet.match";

  /** The driver: its name, or {@code auto}, which it is without it. */
  String DRIVER = "packet.driver";

  /** How many chunks of memory the port has: {@link FrameSpec#chunks}. */
  String CHUNKS = "packet.chunks";

  /** How many places a ring of the port has: {@link FrameSpec#ring}. */
  String RING = "packet.ring";

  /**
   * What properties begin with that only some drivers know: {@code packet.option.xdp.attach}. What
   * handlers of one queue ask for must not be in contradiction.
   */
  String OPTION = "packet.option.";

  /**
   * Called before the first frames of a queue, on the thread that will bring them. Who keeps frames
   * ({@link FrameBatch#moveTo}) gives them back to this port later, or sends them by it.
   */
  default void begin(FramePort port) {}

  /** Called after the last frames of a queue. What was kept must be given back by now. */
  default void end(FramePort port) {}

  /**
   * Called with frames that have arrived, on the thread of their port, never by two threads at once
   * for one queue. Must not block. What it throws is counted, the batch is dropped, and a handler
   * that throws again and again is no longer called.
   */
  void handle(FrameBatch frames);

  /** Called when there was nothing to receive, at most once a millisecond. Must not block. */
  default void idle() {}
}
