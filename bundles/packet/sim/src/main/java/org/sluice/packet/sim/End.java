// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * One end of a cable: an interface with queues, each of which may belong to another port. Guarded
 * by the network.
 */
final class End {
  private final String name;
  private final Cable cable;
  private final int mtu;
  private final @Nullable SimExchange[] queues;
  private final FlowHash flows = new FlowHash();
  private final Kept sent;
  private final Kept host;
  private int ports;
  private boolean gone;

  End(String name, Cable cable, int mtu, int queues, Kept sent, Kept host) {
    this.name = name;
    this.cable = cable;
    this.mtu = mtu;
    this.queues = new @Nullable SimExchange[queues];
    this.sent = sent;
    this.host = host;
  }

  String name() {
    return name;
  }

  Cable cable() {
    return cable;
  }

  int mtu() {
    return mtu;
  }

  int queues() {
    return queues.length;
  }

  boolean taken(int queue) {
    return queues[queue] != null;
  }

  void take(int queue, SimExchange port) {
    queues[queue] = port;
  }

  void join() {
    ports++;
  }

  /** Whether no port is left here. */
  boolean leave(SimExchange port) {
    for (int i = 0; i < queues.length; i++) {
      if (queues[i] == port) {
        queues[i] = null;
      }
    }
    return --ports == 0;
  }

  void remove() {
    gone = true;
  }

  boolean gone() {
    return gone;
  }

  /** A packet was sent here, whatever becomes of it. */
  void sent(MemorySegment from, long at, int length) {
    sent.add(from, at, length);
  }

  /** A packet comes out of the cable. */
  void arrive(MemorySegment from, long at, int length) {
    if (gone) {
      return;
    }
    int queue = queues.length == 1 ? 0 : flows.of(from, at, length) % queues.length;
    SimExchange port = queues[queue];
    if (port == null || !port.matches(from, at, length)) {
      host.add(from, at, length);
    } else {
      port.receive(queue, from, at, length);
    }
  }

  /** Wakes who waits for what has arrived. */
  void announce() {
    for (SimExchange port : queues) {
      if (port != null) {
        port.announce();
      }
    }
  }
}
