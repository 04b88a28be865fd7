// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.util.Locale;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.engine.OverFrames;
import org.sluice.packet.socket.SocketDriver;
import org.sluice.packet.uring.UringDriver;
import org.sluice.packet.xdp.XdpDriver;
import org.sluice.sys.Processors;

/**
 * Datagrams that are sent back to where they came from: {@code socket|uring|xdp|nio LINK
 * [key=value...]}. The twin is {@code datagrams.c}.
 */
public final class DatagramLoop {
  private static final int BUFFER = 8 << 20;

  private final Phase phase;
  private final int size;
  private long sum;
  private long sent;

  private DatagramLoop(Words options) {
    phase = new Phase(options);
    size = options.number("batch", 64);
  }

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Words options = Words.of(arguments);
    Processors.pin(options.number("core", 1));
    InetSocketAddress at =
        new InetSocketAddress(InetAddress.getByName(Frames.NEAR), Frames.UDP_PORT);
    DatagramLoop loop = new DatagramLoop(options);
    if (arguments[0].equals("nio")) {
      loop.channel(at);
    } else {
      DatagramSpec spec = DatagramSpec.at(at).on(arguments[1]).receiveBuffer(BUFFER);
      if (options.number("segments", 1) == 0) {
        spec = spec.option(arguments[0] + ".segments", "false");
      }
      loop.port(driver(arguments[0], arguments[1]), spec);
    }
  }

  private static PortDriver driver(String name, String link) throws IOException {
    return switch (name) {
      case "socket" -> new SocketDriver();
      case "uring" -> new UringDriver();
      case "xdp" -> new OverFrames(new XdpDriver(), OneLink.of(link));
      default -> throw new IllegalArgumentException("no such driver: " + name);
    };
  }

  private void port(PortDriver driver, DatagramSpec spec) throws Exception {
    try (DatagramPort port = driver.open(spec)) {
      DatagramBatch batch = new DatagramBatch(size);
      phase.begin();
      while (!phase.over()) {
        phase.looked(echo(port, batch));
      }
      PortStatistics told = port.statistics();
      System.out.printf(
          "%s received=%d sent=%d sum=%d%n",
          phase.result(), phase.all(), told.sent() - told.sendDropped(), sum & 1);
    }
  }

  private int echo(DatagramPort port, DatagramBatch batch) {
    int got = port.receive(batch);
    if (got == 0) {
      Thread.onSpinWait();
      return 0;
    }
    MemorySegment memory = batch.memory();
    for (int i = 0; i < got; i++) {
      sum += memory.get(ValueLayout.JAVA_LONG_UNALIGNED, batch.address(i));
    }
    port.send(batch);
    port.flush();
    if (!batch.isEmpty()) {
      port.release(batch);
    }
    return got;
  }

  private void channel(InetSocketAddress at) throws IOException {
    try (DatagramChannel channel = DatagramChannel.open()) {
      channel.setOption(StandardSocketOptions.SO_RCVBUF, BUFFER);
      channel.bind(at);
      channel.configureBlocking(false);
      ByteBuffer buffer = ByteBuffer.allocateDirect(2048);
      phase.begin();
      while (!phase.over()) {
        phase.looked(echo(channel, buffer));
      }
      System.out.printf(
          "%s received=%d sent=%d sum=%d%n", phase.result(), phase.all(), sent, sum & 1);
    }
  }

  /** As many as the others move at once, so that the clock is read as seldom. */
  private int echo(DatagramChannel channel, ByteBuffer buffer) throws IOException {
    int got = 0;
    while (got < size) {
      SocketAddress from = channel.receive(buffer.clear());
      if (from == null) {
        break;
      }
      sum += buffer.flip().getLong(0);
      if (channel.send(buffer, from) > 0) {
        sent++;
      }
      got++;
    }
    if (got == 0) {
      Thread.onSpinWait();
    }
    return got;
  }
}
