// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.util.Collection;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.sys.SysException;
import org.sluice.sys.xdp.XdpSocket;

/** How frames of an interface come to the sockets of its queues. */
interface Way {

  /**
   * Makes sure that no port of this process has the queue.
   *
   * @throws PortException when one has it
   */
  void free(int queue) throws PortException;

  /** What goes to this queue and matches, goes to the socket from now on. */
  void add(int queue, Match match, XdpSocket socket) throws SysException, PortException;

  /** What goes to these queues and matches this, goes to their sockets from now on. */
  void change(Collection<Integer> queues, Match match) throws SysException, PortException;

  /** The queues give everything to the kernel again. */
  void remove(Collection<Integer> queues) throws SysException;

  /** In a few words: {@code native, program 17}. */
  String text();

  /** What the interface is asked of a packet, or why it cannot be; empty when nobody wants it. */
  String metadata();

  /** Where the program runs: {@code native}. */
  String mode();
}
