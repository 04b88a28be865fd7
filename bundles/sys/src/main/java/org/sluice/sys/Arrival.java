// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

/** How a wait for messages ended. */
public enum Arrival {
  /** A datagram is there to be read. */
  MESSAGES,
  /**
   * The kernel dropped messages for lack of room, and those that were still there were thrown away:
   * what is known must be asked for anew.
   */
  OVERRUN,
  /** Nothing came in the time given. */
  TIMEOUT,
  /** Somebody called for attention. */
  WOKEN,
  /** The socket was closed. */
  CLOSED
}
