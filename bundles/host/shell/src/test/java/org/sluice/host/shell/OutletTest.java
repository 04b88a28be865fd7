// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 60, unit = TimeUnit.SECONDS)
class OutletTest {
  @TempDir Path folder;
  private ServerSocketChannel listening;
  private SocketChannel client;
  private SocketChannel served;

  @BeforeEach
  void connect() throws IOException {
    var address = UnixDomainSocketAddress.of(folder.resolve("s"));
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX).bind(address);
    client = SocketChannel.open(address);
    served = listening.accept();
  }

  @AfterEach
  void disconnect() throws IOException {
    client.close();
    served.close();
    listening.close();
  }

  private static void fill(FrameOutput out, int bytes) throws IOException {
    byte[] block = new byte[64 * 1024];
    for (int written = 0; written < bytes; written += block.length) {
      out.write(block);
    }
    out.flush();
  }

  @Test
  void aReaderThatTakesNothingIsGivenUp() throws Exception {
    Outlet outlet = new Outlet(served, Duration.ofMillis(200));
    Thread writer = Thread.ofVirtual().start(outlet::drain);
    FrameOutput out = new FrameOutput(outlet, 'o');
    IOException given = assertThrows(IOException.class, () -> fill(out, 64 << 20));
    assertTrue(given.toString().contains("read nothing"), given.toString());
    writer.join();
    assertFalse(served.isOpen());
  }

  @Test
  void anInterruptedWriterDoesNotCostTheConnection() throws Exception {
    Outlet outlet = new Outlet(served, Duration.ofMinutes(1));
    Thread.ofVirtual().start(outlet::drain);
    FrameOutput out = new FrameOutput(outlet, 'o');
    Thread command =
        Thread.ofPlatform().start(() -> assertThrows(IOException.class, () -> fill(out, 64 << 20)));
    while (command.getState() != Thread.State.TIMED_WAITING) {
      Thread.sleep(5);
    }
    command.interrupt();
    command.join();
    assertTrue(served.isOpen());
    out.cut();
    Thread end = Thread.ofVirtual().start(() -> quietly(() -> outlet.put('x', "1")));
    InputStream in = Channels.newInputStream(client);
    String last = "";
    do {
      byte[] head = in.readNBytes(5);
      int length = java.nio.ByteBuffer.wrap(head).getInt(1);
      last =
          (char) head[0]
              + new String(in.readNBytes(length), java.nio.charset.StandardCharsets.UTF_8);
    } while (last.startsWith("o"));
    assertEquals("x1", last);
    end.join();
    outlet.close();
  }

  @Test
  void nothingFollowsTheCut() throws Exception {
    Outlet outlet = new Outlet(served, Duration.ofMinutes(1));
    FrameOutput out = new FrameOutput(outlet, 'o');
    out.write('a');
    out.cut();
    assertThrows(IOException.class, out::flush);
    outlet.close();
  }

  private interface Doing {
    void run() throws IOException;
  }

  private static void quietly(Doing doing) {
    try {
      doing.run();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
