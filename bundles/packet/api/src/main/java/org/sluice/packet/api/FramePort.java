// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import org.osgi.annotation.versioning.ProviderType;

/** Moves frames of layer 2 between an interface and the holder. */
@ProviderType
public interface FramePort extends Port {

  /**
   * Takes frames that have arrived, in their order, as many as the batch has room for; never waits.
   * A packet of several frames is never split between two batches; one that does not fit into an
   * empty batch is dropped and counted.
   *
   * @param into empty; belongs to the holder from now on, with the frames in it
   * @return the frames now in {@code into}
   */
  int receive(FrameBatch into);

  /**
   * Takes empty chunks, to be written and sent. Their address leaves the {@link #headroom} before
   * it; their length is 0.
   *
   * @param into to which they are added
   * @param count how many; fewer are given when the port has no more
   * @return how many were added
   */
  int reserve(FrameBatch into, int count);

  /**
   * Hands frames over for sending, from the first one on, in their order. What was taken is gone
   * from the batch; what the port has no room for stays in it, to be sent again or released. A
   * packet of several frames is taken whole or not at all. A frame that cannot be sent, since it is
   * empty or longer than the interface takes, lies outside the port's chunks, has more than 18
   * frames or no last one, is dropped and counted.
   *
   * @return how many frames were taken, with those that were dropped
   * @throws IllegalArgumentException when the frames are of another port; nothing has changed
   */
  int send(FrameBatch frames);

  /**
   * Sees to it that everything that was handed over leaves without a further call. Drivers may
   * begin to send before.
   */
  void flush();

  /**
   * Gives all frames of the batch back to the port and leaves it empty. Any thread. After {@code
   * close} it only leaves the batch empty, so that it can stand in a {@code finally} block.
   *
   * @throws IllegalArgumentException when the frames are of another port; nothing has changed
   */
  void release(FrameBatch frames);

  /**
   * Receives what matches this from now on, and nothing else; between two packets, and without
   * losing any. What was received before stays as it is. Any thread.
   *
   * @throws PortException when that cannot be; nothing has changed then
   */
  void match(Match match) throws PortException;

  /**
   * The port of the driver itself, for those who need what only this driver has, and do without
   * another one in its place. This port is used up: every call on it but {@link #report}, {@link
   * #statistics} and {@link #close} fails from now on. Whoever gets the other one closes it.
   *
   * @throws PortException when the port may change its driver, or has none now; nothing has changed
   */
  default FramePort direct() throws PortException {
    return this;
  }

  /** Room before the first byte of a reserved frame, to put headers in front of what is there. */
  int headroom();

  /** The longest frame that fits into one chunk. */
  int frameSize();
}
