// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.concurrent.TimeUnit;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.socket.SocketDriver;
import org.sluice.packet.uring.UringDriver;

/**
 * What it costs to receive a datagram, or to receive it and send it back: {@code nio|socket|uring
 * drop|echo SECONDS [SEGMENTS]}. One thread sends 64 datagrams over the loopback and then moves
 * them; only the moving is measured, in time of the processor, so that a busy machine does not
 * spoil the number.
 */
final class DatagramBench {
  private static final int BATCH = 64;
  private static final int LENGTH = 60;
  private static final int BUFFER = 8 << 20;
  private static final long WARM_UP = TimeUnit.SECONDS.toNanos(4);

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();
  private final boolean echo;
  private long moved;
  private long busy;
  private long sum;

  private DatagramBench(boolean echo) {
    this.echo = echo;
  }

  public static void main(String[] words) throws Exception {
    InetSocketAddress at = new InetSocketAddress(InetAddress.getByName("0.0.0.0"), 0);
    long time = TimeUnit.SECONDS.toNanos(Long.parseLong(words[2]));
    DatagramBench bench = new DatagramBench(words[1].equals("echo"));
    boolean nio = words[0].equals("nio");
    String driver = nio ? "socket" : words[0];
    DatagramSpec spec = DatagramSpec.at(at).receiveBuffer(BUFFER);
    PortDriver sockets = new SocketDriver();
    PortDriver drivers = driver.equals("uring") ? new UringDriver() : new SocketDriver();
    try (DatagramPort sender =
            sockets.open(spec.receiveBuffer(4096).option("socket.segments", "false"));
        DatagramPort port =
            drivers.open(spec.option(driver + ".segments", words.length > 3 ? words[3] : "true"));
        DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.bind(at);
      channel.configureBlocking(false);
      InetSocketAddress local = (InetSocketAddress) channel.getLocalAddress();
      int to = nio ? local.getPort() : port.local().getPort();
      bench.run(sender, port, channel, nio, to, System.nanoTime() + WARM_UP);
      bench.moved = 0;
      bench.busy = 0;
      bench.run(sender, port, channel, nio, to, System.nanoTime() + time);
    }
    System.out.printf(
        "%s: %.0f ns each, %.3f Mpps on one processor (%d datagrams, %d)%n",
        String.join(" ", words),
        (double) bench.busy / bench.moved,
        bench.moved * 1e3 / bench.busy,
        bench.moved,
        bench.sum & 1);
  }

  private void run(
      DatagramPort sender,
      DatagramPort port,
      DatagramChannel channel,
      boolean nio,
      int to,
      long end)
      throws Exception {
    DatagramBatch requests = new DatagramBatch(BATCH);
    DatagramBatch batch = new DatagramBatch(BATCH);
    ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
    while (System.nanoTime() < end) {
      sender.reserve(requests, BATCH);
      for (int i = 0; i < requests.count(); i++) {
        requests.remote(i, 0, 0xffff_7f00_0001L, to);
        requests.length(i, LENGTH);
      }
      sender.send(requests);
      long from = threads.getCurrentThreadCpuTime();
      int came = nio ? channel(channel, buffer) : port(port, batch);
      busy += threads.getCurrentThreadCpuTime() - from;
      moved += came;
    }
  }

  private int port(DatagramPort port, DatagramBatch batch) {
    MemorySegment memory = port.memory();
    int came = port.receive(batch);
    for (int i = 0; i < came; i++) {
      sum += memory.get(ValueLayout.JAVA_LONG_UNALIGNED, batch.address(i));
    }
    if (echo) {
      port.send(batch);
      port.flush();
    }
    if (!batch.isEmpty()) {
      port.release(batch);
    }
    return came;
  }

  private int channel(DatagramChannel channel, ByteBuffer buffer) throws Exception {
    int came = 0;
    while (came < BATCH) {
      SocketAddress from = channel.receive(buffer.clear());
      if (from == null) {
        break;
      }
      sum += buffer.flip().getLong(0);
      if (echo) {
        channel.send(buffer, from);
      }
      came++;
    }
    return came;
  }
}
