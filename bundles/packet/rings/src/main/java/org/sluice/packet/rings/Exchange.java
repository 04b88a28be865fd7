// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.util.Map;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;

/**
 * The other party of a port's rings: the kernel, or who plays it.
 *
 * <p>{@link #transmit} and {@link #longest} are called by the sending side, {@link #refilled} and
 * {@link #await} by the receiving side, one thread each; all else by any thread. {@link #close} is
 * called once, when nobody is in another call, and nothing is called after it.
 */
public interface Exchange {

  /** What became of what stood in the transmit ring. */
  enum Sent {
    /** Taken, as far as can be known. */
    DONE,
    /** Some are left; ask again. */
    MORE,
    /** The interface refused one, which is lost; others may be left. */
    LOST,
    /** The interface is down or gone; all are left. */
    DOWN
  }

  /** What the other party counted, of which the port knows nothing. */
  record Counts(long receiveDropped, long receiveInvalid, long sendInvalid) {
    public static final Counts NONE = new Counts(0, 0, 0);
  }

  /** Sees to what stands in the transmit ring. */
  Sent transmit();

  /** There are chunks in the fill ring of this lane again, and the other party wants to know. */
  void refilled(int lane);

  /** Waits until there may be something in a receive ring; see {@code Port.await}. */
  boolean await(long nanos);

  void wake();

  /** Hands over what matches from now on, and nothing else. */
  void match(Match match) throws PortException;

  Counts counts();

  /**
   * How long a packet to be sent may be now: the interface may take longer ones than it did.
   *
   * @param before what was told last
   */
  default int longest(int before) {
    return before;
  }

  /** What was obtained, in a few words. */
  String mode();

  /** {@code up}, or what is wrong. */
  String state();

  /** Further things that were obtained. */
  Map<String, String> facts();

  /** Takes everything back: rings, memory. */
  void close();
}
