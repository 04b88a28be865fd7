// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.socket;

import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.datagram.UdpDriver;
import org.sluice.packet.datagram.UdpPort;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.ReceiveArray;

/** Receives with one call into chunks that lie ready in an array. */
final class SocketPort extends UdpPort {
  private final ReceiveArray in;
  private final int localPort;
  private final long[] chunks = new long[MOST];
  private volatile int armed;

  SocketPort(UdpDriver driver, UdpDriver.Opened opened) throws SysException {
    super(driver, opened, 0);
    in = new ReceiveArray(arena(), memory(), chunkSize(), ready(), socket().six());
    localPort = local().getPort();
  }

  @Override
  protected boolean pull(DatagramBatch into) {
    int wanted = Math.min(into.capacity() - into.count(), in.places());
    if (in.armed() < wanted) {
      in.arm(chunks, pool().take(chunks, 0, in.wanted()));
      armed = in.armed();
    }
    if (in.armed() == 0) {
      return false;
    }
    int asked = Math.min(wanted, in.armed());
    int came = socket().receive(in, asked);
    received().add(Tally.Of.WAKEUPS, 1);
    if (came <= 0) {
      return false;
    }
    int first = in.first();
    int useless = 0;
    long bytes = 0;
    for (int place = first; place < first + came; place++) {
      if (in.truncated(place)) {
        chunks[useless++] = in.chunk(place);
      } else {
        add(into, in, place, localPort, chunkSize());
        bytes += in.length(place);
      }
    }
    in.used(came);
    armed = in.armed();
    received().add(Tally.Of.RECEIVED_BYTES, bytes);
    if (useless > 0) {
      pool().give(chunks, 0, useless);
      received().add(Tally.Of.RECEIVE_INVALID, useless);
    }
    return came == asked;
  }

  private static void add(DatagramBatch into, ReceiveArray in, int place, int port, int room) {
    int index = into.count();
    into.add(in.chunk(place), in.length(place), room);
    into.remote(index, in.remoteHigh(place), in.remoteLow(place), in.remotePort(place));
    if (in.located(place)) {
      into.local(index, in.localHigh(place), in.localLow(place), port);
      into.link(index, in.link(place));
    }
  }

  @Override
  protected boolean hasMore() {
    return false;
  }

  @Override
  protected int armed() {
    return armed;
  }

  @Override
  protected int waiting() {
    return 0;
  }

  @Override
  protected String mode() {
    return "sockets, many datagrams a call";
  }

  @Override
  protected void release() {
    // The array lies in the memory of the port.
  }
}
