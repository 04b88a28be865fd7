// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;
import org.sluice.sys.Arrival;
import org.sluice.sys.MalformedMessageException;
import org.sluice.sys.NetlinkMessage;
import org.sluice.sys.NetlinkSocket;
import org.sluice.sys.SysException;

/**
 * The thread that hears what others do to rules and routes. What is done here is not told back: its
 * port is known.
 */
final class Listener {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.policy");
  private static final int ROOM = 4 * 1024 * 1024;
  private static final long PAUSE_MILLIS = 1000;

  /** Is told of changes. Called on the thread of the listener; returns at once. */
  interface Ear {

    /** Something of ours was removed. */
    void taken(Owned owned, int port);

    /** Something changed that may matter. */
    void changed();
  }

  private final IntPredicate isOwner;
  private final IntPredicate isOwnPort;
  private final Ear ear;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final Thread thread = new Thread(this::run, "link.policy/listener");
  private @Nullable NetlinkSocket socket;

  /**
   * @param isOwner whether a protocol number is the mark
   * @param isOwnPort whether a netlink port is that of the changes made here
   */
  Listener(IntPredicate isOwner, IntPredicate isOwnPort, Ear ear) {
    this.isOwner = isOwner;
    this.isOwnPort = isOwnPort;
    this.ear = ear;
  }

  void start() {
    thread.start();
  }

  /** Returns when the thread has ended. */
  void stop() {
    synchronized (this) {
      stopped.countDown();
      if (socket != null) {
        socket.close();
      }
    }
    Joining.join(thread);
  }

  private void run() {
    while (stopped.getCount() > 0) {
      try (NetlinkSocket open = open()) {
        if (open != null) {
          hear(open);
        }
      } catch (IOException | RuntimeException e) {
        pause(e);
      }
    }
  }

  private synchronized @Nullable NetlinkSocket open() throws SysException {
    if (stopped.getCount() == 0) {
      return null;
    }
    NetlinkSocket opened = NetlinkSocket.open(NetlinkSocket.ROUTE, ROOM);
    socket = opened;
    return opened;
  }

  private void hear(NetlinkSocket from) throws IOException {
    from.join(Rtnetlink.GROUP_IPV4_RULE);
    from.join(Rtnetlink.GROUP_IPV6_RULE);
    from.join(Rtnetlink.GROUP_IPV4_ROUTE);
    from.join(Rtnetlink.GROUP_IPV6_ROUTE);
    // What happened before it listened was not heard.
    ear.changed();
    while (true) {
      Arrival arrival = from.receive(-1);
      switch (arrival) {
        case MESSAGES -> {
          NetlinkMessage message = from.messages();
          while (message.next()) {
            take(message);
          }
        }
        case OVERRUN -> ear.changed();
        case CLOSED -> {
          return;
        }
        default -> {}
      }
    }
  }

  private void take(NetlinkMessage message) throws MalformedMessageException {
    int port = message.port();
    if (port != 0 && isOwnPort.test(port)) {
      return;
    }
    switch (message.type()) {
      case Rtnetlink.NEW_RULE, Rtnetlink.DEL_RULE -> {
        RuleMessage rule = RuleMessage.decode(message);
        if (rule != null && isOwner.test(rule.protocol())) {
          heard(rule.rule(), message.type() == Rtnetlink.DEL_RULE, port);
        }
      }
      case Rtnetlink.NEW_ROUTE, Rtnetlink.DEL_ROUTE -> {
        KernelRoute route = RouteMessage.decode(message);
        if (route != null && isOwner.test(route.protocol())) {
          heard(route.owned().orElse(null), message.type() == Rtnetlink.DEL_ROUTE, port);
        } else if (route != null && matters(route)) {
          ear.changed();
        }
      }
      default -> {}
    }
  }

  private void heard(@Nullable Owned owned, boolean removed, int port) {
    if (removed && owned != null) {
      ear.taken(owned, port);
    }
    ear.changed();
  }

  /** Of the thousands of routes that others make, only those that ours are made from. */
  private static boolean matters(KernelRoute route) {
    return route.unicast()
        && route.table() != Rtnetlink.TABLE_LOCAL
        && (route.isDefault() || route.hops().stream().anyMatch(hop -> hop.gateway() == null));
  }

  private void pause(Exception e) {
    if (stopped.getCount() == 0) {
      return;
    }
    LOG.log(
        System.Logger.Level.ERROR,
        "listening to rules and routes failed, trying again in " + PAUSE_MILLIS + " ms",
        e);
    try {
      stopped.await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupt) {
      // Nobody but the owner ends this thread, and it does so by stop().
      LOG.log(System.Logger.Level.DEBUG, "interrupted while waiting");
    }
  }
}
