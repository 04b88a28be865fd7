// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.sys.NetworkNamespace;
import org.sluice.sys.Processors;

/** Two networks with a cable between their interfaces {@code a0} and {@code b0}. */
final class Veth implements AutoCloseable {
  static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final AtomicInteger NUMBER = new AtomicInteger();

  private final String name =
      "afp" + ProcessHandle.current().pid() + "-" + NUMBER.incrementAndGet();
  final NetworkNamespace a = new NetworkNamespace(Path.of("/run/netns/" + name + "a"));
  final NetworkNamespace b = new NetworkNamespace(Path.of("/run/netns/" + name + "b"));
  private final String receive;
  final PacketSocketDriver driver = new PacketSocketDriver();

  /**
   * @param receive how its ports receive, unless told otherwise
   */
  Veth(String receive) throws IOException {
    this.receive = receive;
    run("ip", "netns", "add", name + "a");
    run("ip", "netns", "add", name + "b");
    inA("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
    inB("sysctl", "-qw", "net.ipv6.conf.default.disable_ipv6=1");
    plug();
  }

  static boolean possible() {
    return "root".equals(System.getProperty("user.name"));
  }

  /** Makes the cable. */
  void plug() throws IOException {
    plug(1);
  }

  /** Makes the cable, with so many queues to receive by at each end. */
  void plug(int queues) throws IOException {
    run(
        "ip",
        "link",
        "add",
        "a0",
        "numrxqueues",
        Integer.toString(queues),
        "netns",
        name + "a",
        "type",
        "veth",
        "peer",
        "name",
        "b0",
        "numrxqueues",
        Integer.toString(queues),
        "netns",
        name + "b");
    inA("ip", "link", "set", "a0", "up");
    inB("ip", "link", "set", "b0", "up");
  }

  String inA(String... command) throws IOException {
    return in("a", command);
  }

  String inB(String... command) throws IOException {
    return in("b", command);
  }

  private String in(String side, String... command) throws IOException {
    List<String> words = new ArrayList<>(List.of("ip", "netns", "exec", name + side));
    words.addAll(List.of(command));
    return run(words.toArray(String[]::new));
  }

  static String run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (process.onExit().join().exitValue() != 0) {
      throw new IOException(String.join(" ", command) + ": " + output);
    }
    return output;
  }

  FramePort openA(FrameSpec spec) throws Exception {
    return a.call(() -> driver.open(asked(spec)));
  }

  FramePort openB(FrameSpec spec) throws Exception {
    return b.call(() -> driver.open(asked(spec)));
  }

  private FrameSpec asked(FrameSpec spec) {
    String key = "afpacket.receive";
    return spec.options().containsKey(key) ? spec : spec.option(key, receive);
  }

  /** Frames keep their order only if they are sent by one processor. */
  static <T> T pinned(Callable<T> work) throws Exception {
    return new NetworkNamespace(Path.of("/proc/self/ns/net"))
        .call(
            () -> {
              Processors.pin(0);
              return work.call();
            });
  }

  static void until(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + PATIENCE;
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() - end > 0) {
        throw new AssertionError("not within a minute: " + what);
      }
      Thread.onSpinWait();
    }
  }

  /** Writes a packet into reserved chunks. */
  static void write(FramePort port, FrameBatch batch, byte[] packet) {
    int size = port.frameSize();
    int frames = Math.max(1, (packet.length + size - 1) / size);
    int first = batch.count();
    until("free chunks", () -> batch.count() == first + frames || take(port, batch, first, frames));
    for (int i = 0; i < frames; i++) {
      int length = Math.min(size, packet.length - i * size);
      MemorySegment.copy(
          packet, i * size, port.memory(), ValueLayout.JAVA_BYTE, batch.address(first + i), length);
      batch.length(first + i, length);
      if (i < frames - 1) {
        batch.words()[2 * (first + i) + 1] |= (long) FrameBatch.CONTINUED << 32;
      }
    }
  }

  private static boolean take(FramePort port, FrameBatch batch, int first, int frames) {
    port.reserve(batch, first + frames - batch.count());
    return batch.count() == first + frames;
  }

  static void send(FramePort port, List<byte[]> packets) {
    FrameBatch batch = new FrameBatch(64);
    for (byte[] packet : packets) {
      write(port, batch, packet);
      if (batch.count() > 58) {
        sendAll(port, batch);
      }
    }
    sendAll(port, batch);
  }

  static void send(FramePort port, byte[]... packets) {
    send(port, List.of(packets));
  }

  static void sendAll(FramePort port, FrameBatch batch) {
    until(
        "room to send",
        () -> {
          port.send(batch);
          return batch.isEmpty();
        });
    port.flush();
  }

  /** The packets of a batch, put together. */
  static void collect(FrameBatch batch, List<byte[]> into) {
    for (int i = 0; i < batch.count(); ) {
      int length = 0;
      int end = i;
      do {
        length += batch.length(end);
      } while (batch.continued(end++));
      byte[] packet = new byte[length];
      int at = 0;
      for (; i < end; i++) {
        MemorySegment.copy(
            batch.memory(), ValueLayout.JAVA_BYTE, batch.address(i), packet, at, batch.length(i));
        at += batch.length(i);
      }
      into.add(packet);
    }
  }

  static List<byte[]> receive(FramePort port, int packets) {
    List<byte[]> all = new ArrayList<>();
    FrameBatch batch = new FrameBatch(64);
    until(
        packets + " packets",
        () -> {
          port.await(1_000_000);
          port.receive(batch);
          collect(batch, all);
          port.release(batch);
          return all.size() >= packets;
        });
    return all;
  }

  @Override
  public void close() throws IOException {
    driver.stop();
    run("ip", "netns", "del", name + "a");
    run("ip", "netns", "del", name + "b");
  }
}
