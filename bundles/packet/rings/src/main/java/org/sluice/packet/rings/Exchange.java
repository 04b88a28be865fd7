// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.util.Map;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;

/**
 * The other party of a port's rings: the kernel, or who plays it.
 *
 * <p>{@link #transmit} and {@link #longest} are called by the sending side of a lane, {@link
 * #refilled} and {@link #await} by the receiving side, one thread each; all else by any thread.
 * {@link #close} is called once, when nobody is in another call, and nothing is called after it.
 */
public interface Exchange {
  /** The most frames of one packet: what the kernel takes. */
  int MOST = 18;

  /** What became of what stood in the transmit ring. */
  enum Sent {
    /** Taken, as far as can be known. */
    DONE,
    /** Some are left; ask again. */
    MORE,
    /** The interface refused one, which is lost; others may be left. */
    LOST,
    /** The interface is down; all are left, and leave when it is up and this is called again. */
    DOWN,
    /** The interface is gone; what is left is never looked at again. */
    GONE
  }

  /** What the other party counted, of which the port knows nothing. */
  record Counts(long receiveDropped, long receiveInvalid, long sendInvalid) {
    public static final Counts NONE = new Counts(0, 0, 0);
  }

  /**
   * The longest packet that can be sent. Asked by the sending side for each batch.
   *
   * @param opened what it was when the port was opened
   * @param now whether it must be true now; else it may have been a moment ago
   */
  default int longest(int opened, boolean now) {
    return opened;
  }

  /** How many frames a packet can have that is sent. */
  default int most() {
    return MOST;
  }

  /**
   * How many bytes before a frame that is sent are for {@link TransmitMetadata}; 0 when nothing can
   * be asked for.
   */
  default int metadata() {
    return 0;
  }

  /** Sees to what stands in the transmit ring of this lane. */
  Sent transmit(int lane);

  /** There are chunks in the fill ring of this lane again, and the other party wants to know. */
  void refilled(int lane);

  /** Waits until there may be something in a receive ring; see {@code Port.await}. */
  boolean await(long nanos);

  void wake();

  /** Hands over what matches from now on, and nothing else. */
  void match(Match match) throws PortException;

  Counts counts();

  /** What was obtained, in a few words. */
  String mode();

  /** {@code up}, or what is wrong. */
  String state();

  /** Further things that were obtained. */
  Map<String, String> facts();

  /** Takes everything back: rings, memory. */
  void close();
}
