// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/** Moves packets in batches. Threads, ownership and failure: see the package. */
@ProviderType
public interface Port extends AutoCloseable {

  /** The driver that moves the packets now: {@code xdp}. */
  String driver();

  /** Where the packets lie. A batch holds places in it; another port's places mean nothing here. */
  MemorySegment memory();

  /**
   * Whether two are the memory of the same port. The kernel may have put one in the place of
   * another that is gone, which is equal to it then, but is not it.
   */
  static boolean sameMemory(MemorySegment one, MemorySegment other) {
    return one.equals(other) && one.scope().equals(other.scope());
  }

  /** How long a chunk is, in bytes. */
  int chunkSize();

  /**
   * Waits until there may be something to receive, or {@link #wake} was called. Belongs to the
   * receiving side.
   *
   * @param nanos the longest wait; 0 looks only
   * @return whether there may be something
   */
  boolean await(long nanos);

  /** Ends a running {@link #await}, or the next one. */
  void wake();

  /** What was moved and lost until now. */
  PortStatistics statistics();

  /** What this port is and where its chunks are, for people. Costs system calls. */
  PortReport report();

  /**
   * Takes the port out of the kernel and unmaps its memory. Waits until calls that run have ended;
   * afterwards nothing of the port is left. Closing again does nothing.
   */
  @Override
  void close();
}
