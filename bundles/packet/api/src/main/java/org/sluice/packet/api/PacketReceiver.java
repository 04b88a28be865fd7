// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import org.osgi.annotation.versioning.ProviderType;

/** The receiving half of a {@link SplitPort}. */
@ProviderType
public interface PacketReceiver {

  /**
   * Takes packets that have arrived, in their order; never waits. They belong to the caller from
   * now on, each for itself. Packets longer than a chunk come as several, all but the last {@link
   * Packet#continued}; the rest of one may come with the next call.
   *
   * @param into written from its beginning on
   * @param most how many, at most the length of {@code into}
   * @return how many were written
   * @throws PortClosedException when the port is closed
   */
  int receive(Packet[] into, int most);

  /**
   * Waits until there may be something to receive, or {@link #wake} was called.
   *
   * @param nanos the longest wait; 0 looks only
   * @return whether there may be something
   * @throws PortClosedException when the port is closed
   */
  boolean await(long nanos);

  /** Ends a running {@link #await}, or the next one. Any thread. */
  void wake();
}
