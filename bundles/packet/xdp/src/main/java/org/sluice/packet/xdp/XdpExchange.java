// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.xdp;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.packet.rings.Exchange;
import org.sluice.packet.rings.TransmitMetadata;
import org.sluice.sys.Errno;
import org.sluice.sys.LinkState;
import org.sluice.sys.PageKind;
import org.sluice.sys.SysException;
import org.sluice.sys.xdp.XdpSocket;
import org.sluice.sys.xdp.XdpStatistics;
import org.sluice.sys.xdp.XdpWaiter;

/** The kernel as the other party of the rings. Owns the sockets and the memory of a port. */
final class XdpExchange implements Exchange {
  private final List<Leg> legs;
  private final Arena memory;
  private final PageKind pages;
  private final List<XdpSocket> sockets;
  private final XdpWaiter waiter;
  private final Runnable detach;
  private final boolean zeroCopy;
  private final XdpOptions options;
  private volatile int longest;

  /**
   * @param sockets in the order of the lanes; the first has the memory registered
   * @param detach takes the sockets out of the way of the interface
   */
  XdpExchange(
      List<Leg> legs,
      Arena memory,
      PageKind pages,
      List<XdpSocket> sockets,
      XdpWaiter waiter,
      XdpOptions options,
      Runnable detach)
      throws SysException {
    this.legs = List.copyOf(legs);
    this.memory = memory;
    this.pages = pages;
    this.sockets = List.copyOf(sockets);
    this.waiter = waiter;
    this.detach = detach;
    this.options = options;
    zeroCopy = sockets.getFirst().zeroCopy();
  }

  /**
   * The kernel does not tell when a frame is longer than the MTU; some interfaces just lose it. So
   * the MTU is looked at before a frame is refused, and whenever somebody asks for the state.
   */
  @Override
  public int longest(int opened, boolean now) {
    if (now) {
      look();
    }
    return longest == 0 ? opened : longest;
  }

  private void look() {
    int mtu = legs.getFirst().on().mtu();
    if (mtu >= 0) {
      longest = mtu + XdpDriver.LAYER_2;
    }
  }

  @Override
  public int most() {
    return options.multiBuffer() ? MOST : 1;
  }

  @Override
  public int metadata() {
    return options.finish() == XdpOptions.Finish.NONE ? 0 : TransmitMetadata.LENGTH;
  }

  @Override
  public Sent transmit(int lane) {
    int result = sockets.get(lane).transmitNow();
    if (result >= 0) {
      return Sent.DONE;
    }
    return switch (Errno.of(-result)) {
      case EAGAIN, ENOBUFS, EINTR -> Sent.MORE;
      case EBUSY -> Sent.LOST;
      case ENXIO -> Sent.GONE;
      default -> Sent.DOWN;
    };
  }

  @Override
  public void refilled(int lane) {
    sockets.get(lane).receiveNow();
  }

  @Override
  public boolean await(long nanos) {
    return waiter.await(nanos);
  }

  @Override
  public void wake() {
    waiter.wake();
  }

  @Override
  public void match(Match match) throws PortException {
    try {
      for (Leg leg : legs) {
        leg.match(match);
      }
    } catch (SysException e) {
      throw new PortException(XdpDriver.advice(e), e);
    }
  }

  @Override
  public Counts counts() {
    long dropped = 0;
    long invalidReceive = 0;
    long invalidSend = 0;
    for (XdpSocket socket : sockets) {
      try {
        XdpStatistics counted = socket.statistics();
        // What was lost for want of a chunk is among those that were dropped.
        dropped += counted.dropped() + counted.ringFull();
        invalidReceive += counted.invalidReceive();
        invalidSend += counted.invalidSend();
      } catch (SysException e) {
        throw new IllegalStateException(e.getMessage(), e);
      }
    }
    return new Counts(dropped, invalidReceive, invalidSend);
  }

  @Override
  public String mode() {
    Way way = legs.getFirst().way();
    return (way == null ? "" : way.mode() + ", ") + (zeroCopy ? "zero-copy" : "copied");
  }

  /** Of the interface that is worst. */
  @Override
  public String state() {
    look();
    for (Leg leg : legs) {
      try {
        LinkState state = leg.on().state();
        if (state != LinkState.UP) {
          return state.text();
        }
      } catch (SysException e) {
        return e.getMessage();
      }
    }
    return LinkState.UP.text();
  }

  @Override
  public Map<String, String> facts() {
    Map<String, String> facts = new TreeMap<>();
    facts.put("pages", pages.text());
    switch (options.finish()) {
      case NONE -> {}
      case INTERFACE -> facts.put("checksums to finish", "by the interface, else the kernel");
      case SOFTWARE -> facts.put("checksums to finish", "by the kernel");
    }
    for (Leg leg : legs) {
      Way way = leg.way();
      if (way != null) {
        String of = legs.size() == 1 ? "" : " of " + leg.name();
        facts.put("program" + of, way.text());
        if (!way.metadata().isEmpty()) {
          facts.put("metadata" + of, way.metadata());
        }
      }
    }
    for (int i = 0; i < sockets.size(); i++) {
      try {
        XdpStatistics counted = sockets.get(i).statistics();
        String of = sockets.size() == 1 ? "" : " of socket " + i;
        facts.put("dropped" + of, Long.toString(counted.dropped()));
        facts.put("receive ring full" + of, Long.toString(counted.ringFull()));
        facts.put("fill ring empty" + of, Long.toString(counted.fillEmpty()));
        facts.put("invalid, received" + of, Long.toString(counted.invalidReceive()));
        facts.put("invalid, to be sent" + of, Long.toString(counted.invalidSend()));
        facts.put("nothing to send" + of, Long.toString(counted.sendEmpty()));
      } catch (SysException e) {
        facts.put("statistics", e.toString());
      }
    }
    return facts;
  }

  /**
   * First the interface stops handing over, then the sockets go, those that share the memory before
   * the one that has it, and the memory last: some drivers of interfaces do not forgive another
   * order.
   */
  @Override
  public void close() {
    detach.run();
    waiter.close();
    sockets.reversed().forEach(XdpSocket::close);
    memory.close();
    legs.forEach(Leg::close);
  }
}
