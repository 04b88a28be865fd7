// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.DatagramChannel;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.LockSupport;
import org.sluice.itest.PluginJar;
import org.sluice.itest.net.Namespace;
import org.sluice.sys.NetworkNamespace;

/**
 * Numbered datagrams that flow from {@code far} to {@code near}, and the books of who had each: the
 * handler of {@link #plugin}, which writes into a file, or a socket of the host, which has what the
 * handler does not take.
 */
final class Load implements AutoCloseable {
  static final int PORT = 9000;
  private static final int AT_ONCE = 20;
  private static final int PAYLOAD = 18;

  private final int most;
  private final long nanosEach;
  private final DatagramChannel out;
  private final DatagramChannel host;
  private final Arena arena = Arena.ofShared();
  private final MemorySegment handled;
  private final byte[] kept;
  private final InetSocketAddress to = new InetSocketAddress("10.99.0.1", PORT);
  private final Thread sender = Thread.ofPlatform().name("load/sender").unstarted(this::send);
  private final Thread listener = Thread.ofPlatform().name("load/host").unstarted(this::listen);
  private volatile int allowed;
  private volatile int sent;
  private volatile boolean over;
  private long busyNanos;
  private int flowed;

  /**
   * @param most how many numbers there are
   */
  Load(Wire wire, Path book, int most, int perSecond) throws Exception {
    this.most = most;
    nanosEach = 1_000_000_000L / perSecond;
    kept = new byte[most];
    try (FileChannel file =
        FileChannel.open(
            book, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
      handled = file.map(FileChannel.MapMode.READ_WRITE, 0, most, arena);
    }
    host = in(wire.near(), DatagramChannel::open);
    host.bind(to);
    out = in(wire.far(), DatagramChannel::open);
    sender.start();
    listener.start();
  }

  private static <T> T in(Namespace network, java.util.concurrent.Callable<T> work)
      throws Exception {
    return new NetworkNamespace(Path.of("/run/netns", network.name())).call(work);
  }

  /** A handler that writes down what it was given. */
  static PluginJar plugin(Path book, int most, String version) throws Exception {
    return PluginJar.named("counting", version)
        .source(
            """
            package counting;

            import java.io.IOException;
            import java.lang.foreign.Arena;
            import java.lang.foreign.MemorySegment;
            import java.lang.foreign.ValueLayout;
            import java.nio.ByteOrder;
            import java.nio.channels.FileChannel;
            import java.nio.file.Path;
            import java.nio.file.StandardOpenOption;
            import org.osgi.service.component.annotations.Activate;
            import org.osgi.service.component.annotations.Component;
            import org.osgi.service.component.annotations.Deactivate;
            import org.sluice.packet.api.FrameBatch;
            import org.sluice.packet.api.PacketHandler;

            @Component(property = {"packet.interface=near", "packet.match=udp port %d"})
            public final class Counting implements PacketHandler {
              private static final ValueLayout.OfInt NUMBER =
                  ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
              private final Arena arena = Arena.ofShared();
              private final MemorySegment book;

              @Activate
              public Counting() throws IOException {
                try (FileChannel file =
                    FileChannel.open(
                        Path.of("%s"), StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                  book = file.map(FileChannel.MapMode.READ_WRITE, 0, %d, arena);
                }
              }

              @Deactivate
              public void close() {
                arena.close();
              }

              @Override
              public void handle(FrameBatch frames) {
                for (int i = 0; i < frames.count(); i++) {
                  if (frames.verdict(i) == FrameBatch.Verdict.OPEN && frames.length(i) >= 60
                      && frames.frame(i).get(ValueLayout.JAVA_BYTE, 23) == 17) {
                    int number = frames.frame(i).get(NUMBER, 42);
                    book.set(
                        ValueLayout.JAVA_BYTE,
                        number,
                        (byte) (book.get(ValueLayout.JAVA_BYTE, number) + 1));
                    frames.decide(i, FrameBatch.Verdict.DROP);
                  }
                }
              }
            }
            """
                .formatted(PORT, book, most))
        .make();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
  private void send() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(PAYLOAD);
    long next = System.nanoTime();
    while (!over) {
      if (sent >= allowed) {
        LockSupport.parkNanos(100_000);
        next = System.nanoTime();
        continue;
      }
      long begun = System.nanoTime();
      int number = Math.min(AT_ONCE, allowed - sent);
      for (int i = 0; i < number; i++) {
        try {
          out.send(datagram.clear().putInt(0, sent), to);
          sent++;
        } catch (ClosedChannelException e) {
          return;
        } catch (IOException e) {
          // It has no number then: the next one gets it.
        }
      }
      flowed += number;
      next += number * nanosEach;
      // Who is far behind does not catch up: the machine has others to serve.
      next = Math.max(next, begun - 5_000_000);
      while (System.nanoTime() < next && !over) {
        Thread.onSpinWait();
      }
      busyNanos += System.nanoTime() - begun;
    }
  }

  private void listen() {
    ByteBuffer datagram = ByteBuffer.allocateDirect(2048);
    while (true) {
      try {
        host.receive(datagram.clear());
        kept[datagram.getInt(0)]++;
      } catch (IOException e) {
        return;
      }
    }
  }

  /** Lets it flow until it is told otherwise. */
  void flow() {
    allowed = most;
  }

  /** Ends the flow, and tells how many were sent. */
  int hold() throws InterruptedException {
    allowed = 0;
    // The sender may be in the middle of some.
    int before;
    do {
      before = sent;
      Thread.sleep(20);
    } while (before != sent);
    return before;
  }

  /** Sends some more, while it does not flow. */
  void some(int number) throws InterruptedException {
    allowed = sent + number;
    while (sent < allowed) {
      Thread.sleep(1);
    }
  }

  int sent() {
    return sent;
  }

  boolean exhausted() {
    return sent >= most;
  }

  /** What was sent in a second while it flowed. */
  long pace() {
    return busyNanos == 0 ? 0 : (long) (flowed * 1e9 / busyNanos);
  }

  /** How often the handler was given a number. */
  int handled(int number) {
    return handled.get(ValueLayout.JAVA_BYTE, number);
  }

  boolean handledAny(int from, int to) {
    for (int i = to - 1; i >= from; i--) {
      if (handled(i) != 0) {
        return true;
      }
    }
    return false;
  }

  boolean handledAll(int from, int to) {
    for (int i = from; i < to; i++) {
      if (handled(i) == 0) {
        return false;
      }
    }
    return true;
  }

  /** What became of some of the numbers. */
  record Books(int sent, int handled, int twice, int host, int lost) {}

  Books books(int from, int to) {
    int had = 0;
    int twice = 0;
    int other = 0;
    int lost = 0;
    for (int i = from; i < to; i++) {
      if (handled(i) > 1) {
        twice++;
      }
      if (handled(i) > 0) {
        had++;
      } else if (kept[i] > 0) {
        other++;
      } else {
        lost++;
      }
    }
    return new Books(to - from, had, twice, other, lost);
  }

  @Override
  public void close() throws IOException {
    over = true;
    out.close();
    host.close();
    ended(sender);
    ended(listener);
    arena.close();
  }

  /** The memory they write to goes after them. */
  private static void ended(Thread thread) {
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
