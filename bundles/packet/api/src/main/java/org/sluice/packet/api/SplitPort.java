// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import org.osgi.annotation.versioning.ProviderType;

/**
 * A port of frames in two halves, for a receiving and a sending thread that hand packets to one
 * another and to others. Each half is used by one thread at a time; two at once are refused.
 *
 * <p>Over a port that changes its driver the packets of the old memory are lost and counted, when
 * they are sent, or forgotten, when they are released.
 */
@ProviderType
public interface SplitPort extends AutoCloseable {

  PacketReceiver receiver();

  PacketSender sender();

  /** The driver that moves the packets now. */
  String driver();

  /** As {@link FramePort#match}. */
  void match(Match match) throws PortException;

  /** What was moved and lost until now; packets of a driver that is gone are dropped ones. */
  PortStatistics statistics();

  PortReport report();

  /** Closes the port. Packets that are still out can be released, and do no harm. */
  @Override
  void close();
}
