// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.xdp;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.sluice.sys.SysException;
import org.sluice.sys.call.Waiter;

/**
 * Waits for packets at several sockets at once. One thread waits; any wakes. The sockets must be
 * open as long as somebody waits.
 */
public final class XdpWaiter implements AutoCloseable {
  private final Arena arena = Arena.ofShared();
  private final AtomicBoolean closed = new AtomicBoolean();
  private final Waiter waiter;

  private XdpWaiter(List<XdpSocket> sockets) throws SysException {
    try {
      waiter = Waiter.open(arena, sockets.stream().mapToInt(XdpSocket::descriptor).toArray());
    } catch (SysException e) {
      arena.close();
      throw e;
    }
  }

  public static XdpWaiter on(List<XdpSocket> sockets) throws SysException {
    return new XdpWaiter(sockets);
  }

  /**
   * Waits until there is something in a receive ring. The kernel may also send meanwhile what
   * stands in transmit rings.
   *
   * @return whether there is something
   */
  public boolean await(long nanos) {
    return waiter.await(nanos);
  }

  /** Ends a running {@link #await}, or the next one. */
  public void wake() {
    waiter.wake();
  }

  /** Nobody may wait any more. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      waiter.close();
      arena.close();
    }
  }
}
