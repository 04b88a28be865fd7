// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.uring;

import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.datagram.UdpDriver;
import org.sluice.packet.datagram.UdpPort;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.UringReceiver;

/** Receives with one request into a ring of chunks. */
final class UringPort extends UdpPort {
  private final UringReceiver in;
  private final int localPort;
  private final long[] chunks = new long[MOST];
  private volatile int armed;
  private volatile int waiting;

  UringPort(UdpDriver driver, UdpDriver.Opened opened) throws SysException {
    super(driver, opened, UringReceiver.HEADROOM);
    in = receiver();
    localPort = local().getPort();
  }

  private UringReceiver receiver() throws SysException {
    try {
      return new UringReceiver(socket(), memory(), chunkSize(), ready());
    } catch (SysException | RuntimeException e) {
      arena().close();
      throw e;
    }
  }

  @Override
  protected boolean pull(DatagramBatch into) {
    boolean more = false;
    drain(into);
    if (!into.isFull()) {
      in.arm(chunks, pool().take(chunks, 0, in.wanted()));
      if (in.armed() > 0) {
        in.receive();
        received().add(Tally.Of.WAKEUPS, 1);
        drain(into);
        more = in.unfinished();
      }
    }
    waiting = in.waiting();
    armed = in.armed() - waiting;
    return more;
  }

  private void drain(DatagramBatch into) {
    int useless = 0;
    long bytes = 0;
    while (!into.isFull() && in.next()) {
      if (in.truncated()) {
        chunks[useless++] = in.chunk();
      } else {
        add(into, in, localPort, payloadSize());
        bytes += in.length();
      }
    }
    in.done();
    received().add(Tally.Of.RECEIVED_BYTES, bytes);
    if (useless > 0) {
      pool().give(chunks, 0, useless);
      received().add(Tally.Of.RECEIVE_INVALID, useless);
    }
  }

  private static void add(DatagramBatch into, UringReceiver in, int port, int room) {
    int index = into.count();
    into.add(in.chunk() + UringReceiver.HEADROOM, in.length(), room);
    into.remote(index, in.remoteHigh(), in.remoteLow(), in.remotePort());
    if (in.located()) {
      into.local(index, in.localHigh(), in.localLow(), port);
      into.link(index, in.link());
    }
  }

  @Override
  protected boolean hasMore() {
    return waiting > 0;
  }

  @Override
  protected int armed() {
    return armed;
  }

  @Override
  protected int waiting() {
    return waiting;
  }

  @Override
  protected String mode() {
    return "io_uring, a ring of chunks";
  }

  @Override
  protected void release() {
    in.close();
  }
}
