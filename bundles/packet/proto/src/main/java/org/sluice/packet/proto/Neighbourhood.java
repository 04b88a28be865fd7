// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

/**
 * Which way packets go, and by which address of Ethernet the next one on the way is reached.
 * Addresses are two longs, those of IPv4 mapped; times are those of {@link System#nanoTime}.
 *
 * <p>Any thread may call, also several at once. Nothing here waits, and nothing but the first call
 * for an address allocates. {@link NeighbourTable} asks the neighbours itself; another one may pass
 * on what the kernel knows, and never want anybody to be asked.
 */
public interface Neighbourhood {
  /** The neighbour has not answered yet. */
  long UNKNOWN = -1;

  /** The neighbour was asked often enough and did not answer. */
  long UNREACHABLE = -2;

  /** How it became known where a neighbour is. */
  enum Evidence {
    /** It answered a question. */
    ANSWER,
    /** It said so on its own account, and wants to be believed. */
    ANNOUNCEMENT,
    /** It said so on its own account, if nobody knows better. */
    HINT
  }

  /**
   * Finds who gets a packet next: the receiver itself, or a gateway.
   *
   * @return whether there is a way
   */
  boolean route(long high, long low, Hop into);

  /** The address of a neighbour, or {@link #UNKNOWN} or {@link #UNREACHABLE}. */
  long mac(long high, long low, long now);

  /**
   * Whether a neighbour is to be asked now where it is. Who gets yes asks it, and the answer to
   * this question is no for some time.
   */
  boolean ask(long high, long low, long now);

  /**
   * Tells where a neighbour is.
   *
   * @return whether that was not known before, so that packets may have waited for it
   */
  boolean learn(long high, long low, long mac, Evidence evidence, long now);

  /**
   * Notes from which address of Ethernet a datagram of this sender came, who may be a neighbour or
   * beyond a gateway. Anybody can write any sender into a datagram: so this is good for an answer
   * as long as nothing better is known, and for nothing else. By the thread of the receiving side.
   */
  default void heard(long high, long low, long mac, long now) {}

  /** From where a datagram of this sender came lately, or {@link #UNKNOWN}. */
  default long heardFrom(long high, long low, long now) {
    return UNKNOWN;
  }
}
