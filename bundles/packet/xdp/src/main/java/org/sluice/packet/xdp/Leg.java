// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.sys.InterfaceFacts;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.SysException;
import org.sluice.sys.xdp.XdpSocket;

/** One of the interfaces that a port stands on; most ports have one. Owns it. */
final class Leg implements AutoCloseable {
  private final NetworkInterface on;
  private final InterfaceFacts facts;
  private final List<Integer> queues = new ArrayList<>();
  private final List<XdpSocket> sockets = new ArrayList<>();

  /** Those that are really this port's: others must not be taken out of the way. */
  private final List<Integer> entered = new ArrayList<>();

  private @Nullable Way way;

  private Leg(NetworkInterface on, InterfaceFacts facts) {
    this.on = on;
    this.facts = facts;
  }

  static Leg open(String name) throws SysException {
    NetworkInterface on = NetworkInterface.open(name);
    try {
      return new Leg(on, on.facts());
    } catch (SysException e) {
      on.close();
      throw e;
    }
  }

  NetworkInterface on() {
    return on;
  }

  InterfaceFacts facts() {
    return facts;
  }

  String name() {
    return facts.name();
  }

  @Nullable Way way() {
    return way;
  }

  void way(Way found) {
    way = found;
  }

  /** Takes the way off, to be given back. */
  @Nullable Way leaveWay() {
    Way was = way;
    way = null;
    return was;
  }

  void add(int queue, XdpSocket socket) {
    queues.add(queue);
    sockets.add(socket);
  }

  List<Integer> entered() {
    return entered;
  }

  /** From now on frames that match come to the sockets. */
  void enter(Match match) throws SysException, PortException {
    Way in = way;
    if (in != null) {
      for (int i = 0; i < sockets.size(); i++) {
        in.add(queues.get(i), match, sockets.get(i));
        entered.add(queues.get(i));
      }
    }
  }

  void match(Match match) throws SysException, PortException {
    Way in = way;
    if (in != null) {
      in.change(queues, match);
    }
  }

  /** For people: {@code eth0 queues 0, 1}. */
  String text() {
    return facts.name()
        + (queues.size() == 1 ? " queue " : " queues ")
        + queues.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  @Override
  public void close() {
    on.close();
  }
}
