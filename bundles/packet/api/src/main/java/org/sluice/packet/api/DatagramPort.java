// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.net.InetSocketAddress;
import org.osgi.annotation.versioning.ProviderType;

/** Moves UDP datagrams between one local port and the holder. */
@ProviderType
public interface DatagramPort extends Port {

  /** The address that is bound, with the port that was given when 0 was asked for. */
  InetSocketAddress local();

  /**
   * Takes datagrams that have arrived, as many as the batch has room for; never waits. One that is
   * longer than a chunk holds is dropped and counted.
   *
   * @param into empty; belongs to the holder from now on, with the datagrams in it
   * @return the datagrams now in {@code into}
   */
  int receive(DatagramBatch into);

  /**
   * Takes empty chunks, to be written and sent.
   *
   * @param into to which they are added, without an address to send to
   * @param count how many; fewer are given when the port has no more
   * @return how many were added
   */
  int reserve(DatagramBatch into, int count);

  /**
   * Hands datagrams over for sending to their remote address, from the first one on. Where a
   * datagram names a local address it leaves from that one. What was taken is gone from the batch;
   * what the port has no room for stays in it. What cannot be sent is dropped and counted.
   *
   * @return how many were taken
   */
  int send(DatagramBatch datagrams);

  /** Sees to it that everything that was handed over leaves without a further call. */
  void flush();

  /** Gives all chunks of the batch back to the port and leaves it empty. Any thread. */
  void release(DatagramBatch datagrams);

  /** The longest payload that fits into one chunk. */
  int payloadSize();

  /**
   * Hears datagrams to this group from now on. Any thread.
   *
   * @throws PortException when the interface is not there or the group cannot be joined
   */
  void join(Membership membership) throws PortException;

  /** Hears them no more. Leaving what was not joined does nothing. Any thread. */
  void leave(Membership membership);
}
