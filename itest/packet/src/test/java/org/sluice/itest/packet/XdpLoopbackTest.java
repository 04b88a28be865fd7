// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.afpacket.PacketSocketDriver;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.xdp.XdpDriver;

/** AF_XDP against the kernel's own sockets and against itself, on a pair of virtual interfaces. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpLoopbackTest {
  private static final long LEFT = 0x020000000001L;
  private static final long RIGHT = 0x020000000002L;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final int PORT = 9000;

  private final XdpDriver driver = new XdpDriver();
  private Wire wire;

  @BeforeEach
  void lay() throws Exception {
    assumeTrue(
        (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid") == 0,
        "making network namespaces needs root");
    wire = new Wire();
    for (String end : List.of("left", "right")) {
      String namespace = end.equals("left") ? wire.left : wire.right;
      String peer = end.equals("left") ? "2" : "1";
      Wire.run(
          "ip",
          "-n",
          namespace,
          "link",
          "set",
          end,
          "address",
          mac(end.equals("left") ? LEFT : RIGHT));
      // A sender that leaves checksums to its interface finds none here.
      Wire.run("ip", "netns", "exec", namespace, "ethtool", "-K", end, "tx", "off");
      for (String address : List.of("10.77.0." + peer, "fd77::" + peer)) {
        Wire.run(
            "ip",
            "-n",
            namespace,
            "neigh",
            "replace",
            address,
            "lladdr",
            mac(end.equals("left") ? RIGHT : LEFT),
            "dev",
            end,
            "nud",
            "permanent");
      }
    }
  }

  @AfterEach
  void takeAway() throws Exception {
    driver.close();
    if (wire != null) {
      wire.close();
    }
  }

  private static String mac(long mac) {
    StringBuilder text = new StringBuilder();
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(shift == 40 ? "" : ":").append("%02x".formatted(mac >>> shift & 255));
    }
    return text.toString();
  }

  private void mtu(int mtu) throws Exception {
    Wire.run("ip", "-n", wire.left, "link", "set", "left", "mtu", Integer.toString(mtu));
    Wire.run("ip", "-n", wire.right, "link", "set", "right", "mtu", Integer.toString(mtu));
  }

  private FramePort left(PortDriver by, String match, String attach) throws Exception {
    FrameSpec spec = FrameSpec.on("left").matching(Match.parse(match)).option("xdp.attach", attach);
    return wire.inLeft(() -> by.open(spec));
  }

  private FramePort right(PortDriver by, String match, String attach) throws Exception {
    FrameSpec spec =
        FrameSpec.on("right").matching(Match.parse(match)).option("xdp.attach", attach);
    return wire.inRight(() -> by.open(spec));
  }

  private static InetAddress address(boolean six, int host) {
    return InetAddress.ofLiteral(six ? "fd77::" + host : "10.77.0." + host);
  }

  private static byte[] payload(int number, int length) {
    byte[] bytes = new byte[length];
    new Random(number).nextBytes(bytes);
    ByteBuffer.wrap(bytes).putInt(number);
    return bytes;
  }

  /** Whole packets, each the bytes of all its frames, until there are as many. */
  private static List<byte[]> receive(FramePort port, int count) {
    List<byte[]> packets = new ArrayList<>();
    FrameBatch batch = new FrameBatch(64);
    ByteArrayOutputStream packet = new ByteArrayOutputStream();
    long end = System.nanoTime() + PATIENCE;
    while (packets.size() < count) {
      assertTrue(
          System.nanoTime() < end,
          () -> packets.size() + " of " + count + " packets came: " + port.report());
      if (port.receive(batch) == 0) {
        port.await(50_000_000);
        continue;
      }
      for (int i = 0; i < batch.count(); i++) {
        packet.writeBytes(batch.frame(i).toArray(ValueLayout.JAVA_BYTE));
        if (!batch.continued(i)) {
          packets.add(packet.toByteArray());
          packet.reset();
        }
      }
      assertEquals(0, packet.size(), "a packet is never split between two batches");
      port.release(batch);
    }
    assertEquals(0, port.receive(batch), "nothing else came");
    return packets;
  }

  /** Sends a packet, in as many frames as it needs. */
  private static void send(FramePort port, byte[] packet) {
    FrameBatch batch = new FrameBatch(64);
    int chunks = (packet.length + port.frameSize() - 1) / port.frameSize();
    long end = System.nanoTime() + PATIENCE;
    while (batch.count() < chunks) {
      assertTrue(System.nanoTime() < end, () -> "no chunk is free: " + port.report());
      port.reserve(batch, chunks - batch.count());
      port.flush();
    }
    FrameBatch chain = new FrameBatch(64);
    chain.bind(port.memory(), port.chunkSize());
    for (int i = 0, at = 0; i < chunks; i++) {
      int length = Math.min(port.frameSize(), packet.length - at);
      MemorySegment.copy(
          packet, at, port.memory(), ValueLayout.JAVA_BYTE, batch.address(i), length);
      chain.add(batch.address(i), length, i + 1 < chunks ? FrameBatch.CONTINUED : 0);
      at += length;
    }
    while (!chain.isEmpty()) {
      assertTrue(System.nanoTime() < end, () -> "it is not taken: " + port.report());
      port.send(chain);
      port.flush();
    }
  }

  static Stream<Arguments> everyWay() {
    return Stream.of("native", "generic")
        .flatMap(
            attach ->
                Stream.of(1500, 9000)
                    .flatMap(
                        mtu -> Stream.of(false, true).map(six -> Arguments.of(attach, mtu, six))));
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void fromTheKernelToThePort(String attach, int mtu, boolean six) throws Exception {
    mtu(mtu);
    int count = 300;
    try (FramePort port = left(driver, "udp port " + PORT, attach);
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      assertTrue(port.report().mode().startsWith(attach), () -> port.report().mode());
      List<byte[]> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] payload = payload(i, 4 + (i * 97) % (mtu - 60));
        sent.add(payload);
        kernel.send(ByteBuffer.wrap(payload), new InetSocketAddress(address(six, 1), PORT));
      }
      List<byte[]> packets = receive(port, count);
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        byte[] packet = packets.get(i);
        bytes += packet.length;
        int header = 14 + (six ? 40 : 20) + 8;
        assertArrayEquals(
            sent.get(i), Arrays.copyOfRange(packet, header, header + sent.get(i).length));
      }
      assertEquals(count, port.statistics().received());
      assertEquals(bytes, port.statistics().receivedBytes());
      assertEquals(0, port.statistics().receiveDropped());
      assertEquals(0, port.report().census().missing());
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void fromThePortToTheKernel(String attach, int mtu, boolean six) throws Exception {
    mtu(mtu);
    int count = 300;
    try (FramePort port = left(driver, "udp port " + PORT, attach);
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      kernel.bind(new InetSocketAddress(address(six, 2), PORT));
      kernel.configureBlocking(false);
      ByteBuffer got = ByteBuffer.allocate(65_536);
      long end = System.nanoTime() + PATIENCE;
      long bytes = 0;
      for (int i = 0; i < count; i++) {
        byte[] payload = payload(i, 4 + (i * 97) % (mtu - 60));
        byte[] frame = Frames.udp(LEFT, RIGHT, 0, address(six, 1), address(six, 2), PORT, payload);
        bytes += frame.length;
        send(port, frame);
        got.clear();
        while (kernel.receive(got) == null) {
          int number = i;
          assertTrue(System.nanoTime() < end, () -> number + " did not come: " + port.report());
          Thread.onSpinWait();
        }
        assertArrayEquals(payload, Arrays.copyOf(got.array(), got.position()));
      }
      assertEquals(count, port.statistics().sent());
      assertEquals(bytes, port.statistics().sentBytes());
      assertEquals(0, port.report().census().missing());
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void fromPortToPort(String attach, int mtu, boolean six) throws Exception {
    mtu(mtu);
    int count = 300;
    try (FramePort a = left(driver, "udp port " + PORT, attach);
        FramePort b = right(driver, "udp port " + PORT, attach)) {
      List<byte[]> sent = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        byte[] frame =
            Frames.udp(
                LEFT,
                RIGHT,
                0,
                address(six, 1),
                address(six, 2),
                PORT,
                payload(i, 4 + (i * 97) % (mtu - 60)));
        sent.add(frame);
        send(a, frame);
      }
      List<byte[]> packets = receive(b, count);
      for (int i = 0; i < count; i++) {
        assertArrayEquals(sent.get(i), packets.get(i));
      }
      assertEquals(a.statistics().sent(), b.statistics().received());
      assertEquals(a.statistics().sentBytes(), b.statistics().receivedBytes());
      assertEquals(0, a.report().census().missing());
      assertEquals(0, b.report().census().missing());
    }
  }

  @ParameterizedTest
  @MethodSource("everyWay")
  void framesWithATagKeepIt(String attach, int mtu, boolean six) throws Exception {
    mtu(mtu);
    int length = mtu - 48;
    PacketSocketDriver kernel = new PacketSocketDriver();
    try (FramePort port = left(driver, "udp port " + PORT, attach)) {
      try (FramePort socket = right(kernel, "udp port " + PORT, attach)) {
        byte[] in = tagged(RIGHT, LEFT, 42, six, payload(1, length));
        send(socket, in);
        assertArrayEquals(in, receive(port, 1).getFirst());
        byte[] out = tagged(LEFT, RIGHT, 43, six, payload(2, length));
        send(port, out);
        assertArrayEquals(out, receive(socket, 1).getFirst());
      }
      try (FramePort other = right(driver, "udp port " + PORT, attach)) {
        for (int i = 0; i < 50; i++) {
          byte[] frame = tagged(LEFT, RIGHT, 44, six, payload(i, 4 + (i * 97) % length));
          send(port, frame);
          assertArrayEquals(frame, receive(other, 1).getFirst());
        }
        assertEquals(0, other.report().census().missing());
      }
      assertEquals(0, port.report().census().missing());
    } finally {
      kernel.stop();
    }
  }

  private static byte[] tagged(long from, long to, int tag, boolean six, byte[] payload) {
    int host = from == LEFT ? 1 : 2;
    return Frames.udp(from, to, tag, address(six, host), address(six, 3 - host), PORT, payload);
  }

  /** The interface takes longer frames than it did when the port was opened, and shorter ones. */
  @ParameterizedTest
  @ValueSource(strings = {"native", "generic"})
  void theMtuChanges(String attach) throws Exception {
    try (FramePort a = left(driver, "udp port " + PORT, attach);
        FramePort b = right(driver, "udp port " + PORT, attach)) {
      byte[] small = tagged(LEFT, RIGHT, 0, false, payload(1, 1000));
      byte[] large = tagged(LEFT, RIGHT, 0, false, payload(2, 2500));
      send(a, small);
      assertArrayEquals(small, receive(b, 1).getFirst());
      send(a, large);
      assertEquals(1, a.statistics().sendInvalid(), "too long for now");
      mtu(3000);
      long end = System.nanoTime() + PATIENCE;
      long given = 1;
      // A port does not ask for each packet that is too long.
      while (a.statistics().sent() < 2) {
        assertTrue(System.nanoTime() < end, () -> "too long for ever: " + a.report());
        send(a, large);
        given++;
      }
      assertArrayEquals(large, receive(b, 1).getFirst());
      assertEquals(given, 1 + a.statistics().sendInvalid());
      mtu(1500);
      send(a, small);
      assertArrayEquals(small, receive(b, 1).getFirst());
      assertEquals("up", a.report().state());
      assertEquals(0, a.report().census().missing());
      assertEquals(0, b.report().census().missing());
    }
  }

  /** What has another name is the same interface. */
  @Test
  void theInterfaceGetsAnotherNameAndIsDownForAWhile() throws Exception {
    try (FramePort a = left(driver, "udp port " + PORT, "auto");
        FramePort b = right(driver, "udp port " + PORT, "auto")) {
      Wire.run("ip", "-n", wire.left, "link", "set", "left", "down");
      assertFalse(a.report().state().equals("up"), () -> a.report().state());
      Wire.run("ip", "-n", wire.left, "link", "set", "left", "name", "renamed");
      Wire.run("ip", "-n", wire.left, "link", "set", "renamed", "up");
      long end = System.nanoTime() + PATIENCE;
      while (!a.report().state().equals("up") || !b.report().state().equals("up")) {
        assertTrue(System.nanoTime() < end, () -> a.report() + " " + b.report());
        Thread.sleep(1);
      }
      for (int i = 0; i < 10; i++) {
        byte[] there = tagged(LEFT, RIGHT, 0, false, payload(i, 100));
        send(a, there);
        assertArrayEquals(there, receive(b, 1).getFirst());
        byte[] back = tagged(RIGHT, LEFT, 0, false, payload(i, 100));
        send(b, back);
        assertArrayEquals(back, receive(a, 1).getFirst());
      }
    }
    assertFalse(Wire.run("ip", "-n", wire.left, "-d", "link", "show", "renamed").contains("xdp"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "generic"})
  void theHostKeepsItsOwn(String attach) throws Exception {
    for (String namespace : List.of(wire.left, wire.right)) {
      Wire.run(
          "ip",
          "-n",
          namespace,
          "neigh",
          "flush",
          "dev",
          namespace.equals(wire.left) ? "left" : "right",
          "nud",
          "permanent");
    }
    try (FramePort port = left(driver, "udp port " + PORT, attach);
        ServerSocket server = wire.inLeft(() -> new ServerSocket(0, 1, address(false, 1)))) {
      Wire.run("ip", "netns", "exec", wire.right, "ping", "-c", "2", "-W", "20", "10.77.0.1");
      Wire.run("ip", "netns", "exec", wire.right, "ping", "-c", "2", "-W", "20", "fd77::1");
      try (Socket client =
              wire.inRight(() -> new Socket(address(false, 1), server.getLocalPort()));
          Socket accepted = server.accept()) {
        client.getOutputStream().write(7);
        assertEquals(7, accepted.getInputStream().read());
      }
      assertEquals(0, port.statistics().received());
    }
  }

  @Test
  void whatIsReceivedChangesWhileThePortWorks() throws Exception {
    try (FramePort port = left(driver, "udp port 1", "auto");
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      InetSocketAddress to = new InetSocketAddress(address(false, 1), PORT);
      port.match(Match.parse("udp port " + PORT));
      kernel.send(ByteBuffer.wrap(payload(1, 100)), to);
      assertEquals(1, receive(port, 1).size());
      port.match(Match.parse("udp port 1"));
      kernel.send(ByteBuffer.wrap(payload(2, 100)), to);
      port.match(Match.parse("udp port 1 or udp port " + PORT));
      kernel.send(ByteBuffer.wrap(payload(3, 100)), to);
      byte[] packet = receive(port, 1).getFirst();
      assertEquals(3, ByteBuffer.wrap(packet, 42, 4).getInt(), "the second one went to the host");
    }
  }

  @Test
  void nothingIsLeft() throws Exception {
    left(driver, "udp port 1", "auto").close(); // whatever is made once is made
    long before = descriptors();
    for (int i = 0; i < 20; i++) {
      try (FramePort a = left(driver, "udp port " + PORT, i % 2 == 0 ? "native" : "generic");
          FramePort b = right(driver, "udp port " + PORT, "auto")) {
        send(
            a,
            Frames.udp(LEFT, RIGHT, 0, address(false, 1), address(false, 2), PORT, payload(i, 64)));
        receive(b, 1);
      }
    }
    assertEquals(before, descriptors(), "open files");
    assertFalse(Wire.run("ip", "-n", wire.left, "-d", "link", "show", "left").contains("xdp"));
    assertFalse(Files.readString(Path.of("/proc/self/maps")).contains("anon_inode:[xdp"));
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
      return open.count();
    }
  }

  @Test
  void queuesOfOneInterfaceBelongToDifferentPorts() throws Exception {
    Wire.run("ip", "-n", wire.left, "link", "del", "left");
    Wire.run(
        "ip",
        "-n",
        wire.left,
        "link",
        "add",
        "left",
        "address",
        mac(LEFT),
        "numrxqueues",
        "2",
        "numtxqueues",
        "2",
        "type",
        "veth",
        "peer",
        "name",
        "right",
        "netns",
        wire.right,
        "address",
        mac(RIGHT),
        "numrxqueues",
        "2",
        "numtxqueues",
        "2");
    Wire.run("ip", "-n", wire.left, "link", "set", "left", "up");
    Wire.run("ip", "-n", wire.right, "link", "set", "right", "up");
    FrameSpec first = FrameSpec.on("left").queues(0).matching(Match.udp(1));
    FrameSpec second = FrameSpec.on("left").queues(1).matching(Match.udp(2));
    FramePort a = wire.inLeft(() -> driver.open(first));
    try (FramePort b = wire.inLeft(() -> driver.open(second))) {
      assertTrue(a.report().where().contains("queue 0"));
      PortException taken =
          assertThrows(PortException.class, () -> wire.inLeft(() -> driver.open(first)));
      assertTrue(taken.toString().contains("another port takes udp port 1 there"), taken::toString);
      a.close();
      try (FramePort again = wire.inLeft(() -> driver.open(first))) {
        assertEquals("up", again.report().state());
      }
      assertEquals("up", b.report().state());
    }
    assertFalse(Wire.run("ip", "-n", wire.left, "-d", "link", "show", "left").contains("xdp"));
  }

  @Test
  void anotherProgramStays() throws Exception {
    XdpDriver other = new XdpDriver();
    try (FramePort first = left(other, "udp port 1", "native")) {
      PortException refused =
          assertThrows(PortException.class, () -> left(driver, "udp port 2", "native"));
      assertTrue(refused.toString().contains("another XDP program is attached"), refused::toString);
      assertEquals("up", first.report().state());
    } finally {
      other.close();
    }
  }
}
