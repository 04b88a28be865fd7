// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.rings.ReceiveMetadata;
import org.sluice.packet.rings.TransmitMetadata;
import org.sluice.sys.NetworkInterface;
import org.sluice.sys.bpf.KernelTypes;

/** What an interface tells of a packet beside its bytes. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpMetadataTest extends WiredXdp {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final int PORT = 9000;

  private final ReceiveMetadata metadata = new ReceiveMetadata();

  private static FrameSpec spec(String attach, Match match) {
    return FrameSpec.on("left")
        .matching(match)
        .option("xdp.attach", attach)
        .option("xdp.metadata", "true");
  }

  private FramePort open(FrameSpec spec) throws Exception {
    return wire.inLeft(() -> driver.open(spec));
  }

  /** One packet, in a batch that the caller releases. */
  private static void await(FramePort port, FrameBatch into) {
    long end = System.nanoTime() + PATIENCE;
    while (port.receive(into) == 0) {
      assertTrue(System.nanoTime() < end, () -> "nothing came: " + port.report());
      port.await(10_000_000);
    }
  }

  private static void send(DatagramChannel from, String to) throws IOException {
    from.send(
        ByteBuffer.wrap(new byte[100]), new InetSocketAddress(InetAddress.ofLiteral(to), PORT));
  }

  @Test
  void theHashOfAFlowIsTold() throws Exception {
    FrameBatch batch = new FrameBatch(64);
    try (FramePort port = open(spec("native", Match.udp(PORT)));
        DatagramChannel one = wire.inRight(DatagramChannel::open);
        DatagramChannel two = wire.inRight(DatagramChannel::open)) {
      assertTrue(
          port.report().facts().getOrDefault("metadata", "").startsWith("time, hash"),
          port::toString);
      int[] hashes = new int[4];
      for (int i = 0; i < hashes.length; i++) {
        send(i % 2 == 0 ? one : two, "10.77.0.1");
        await(port, batch);
        assertTrue(metadata.of(batch, 0));
        assertTrue(metadata.hasHash());
        hashes[i] = metadata.hash();
        assertFalse(metadata.hasVlan());
        assertEquals(0, metadata.vlan());
        assertEquals(14 + 20 + 8 + 100, batch.length(0));
        // Who writes before the packet has no metadata any more.
        assertTrue(batch.adjustHead(0, -4));
        batch.frame(0).asSlice(0, 4).fill((byte) 0);
        assertTrue(batch.adjustHead(0, 4));
        assertFalse(metadata.of(batch, 0));
        port.release(batch);
      }
      assertNotEquals(0, hashes[0]);
      assertEquals(hashes[0], hashes[2], "one flow has one hash");
      assertEquals(hashes[1], hashes[3]);
    }
  }

  @Test
  void aTagThatTheInterfaceTookOffIsTold() throws Exception {
    boolean known = true;
    try {
      Wire.run(
          "ip",
          "-n",
          wire.right,
          "link",
          "add",
          "link",
          "right",
          "name",
          "tagged",
          "type",
          "vlan",
          "id",
          "42");
    } catch (IOException e) {
      known = !e.toString().contains("Unknown device type");
      assertFalse(known, e::toString);
    }
    assumeTrue(known, "the kernel has no interfaces with tags");
    Wire.run("ip", "-n", wire.right, "addr", "add", "10.78.0.2/24", "dev", "tagged");
    Wire.run("ip", "-n", wire.right, "link", "set", "tagged", "up");
    Wire.run(
        "ip",
        "-n",
        wire.right,
        "neigh",
        "replace",
        "10.78.0.1",
        "lladdr",
        "02:00:00:00:00:01",
        "dev",
        "tagged",
        "nud",
        "permanent");
    FrameBatch batch = new FrameBatch(64);
    try (FramePort port = open(spec("native", Match.udp(PORT)));
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      send(kernel, "10.78.0.1");
      await(port, batch);
      assertTrue(metadata.of(batch, 0));
      assertTrue(metadata.hasVlan());
      assertEquals(0x8100, metadata.vlanType());
      assertEquals(42, metadata.vlan() & 0xfff);
      port.release(batch);
    }
  }

  @Test
  void packetsOfSeveralChunksHaveItBeforeTheFirst() throws Exception {
    for (String[] end : new String[][] {{wire.left, "left"}, {wire.right, "right"}}) {
      Wire.run("ip", "-n", end[0], "link", "set", end[1], "mtu", "9000");
    }
    FrameBatch batch = new FrameBatch(64);
    try (FramePort port = open(spec("native", Match.udp(PORT)));
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      for (int i = 0; i < 100; i++) {
        kernel.send(
            ByteBuffer.wrap(new byte[5000]),
            new InetSocketAddress(InetAddress.ofLiteral("10.77.0.1"), PORT));
        await(port, batch);
        assertEquals(3, batch.count());
        assertTrue(metadata.of(batch, 0));
        assertFalse(metadata.of(batch, 1));
        assertFalse(metadata.of(batch, 2));
        port.release(batch);
      }
    }
  }

  @Test
  void whereItCannotBeThePortWorksWithout() throws Exception {
    FrameBatch batch = new FrameBatch(64);
    FrameSpec spec = spec("generic", Match.udp(PORT));
    PortProbe probe = wire.inLeft(() -> driver.probe(spec));
    assertTrue(probe.works());
    assertTrue(
        probe.findings().stream()
            .anyMatch(
                found -> found.what().equals("metadata") && found.answer() == PortProbe.Answer.NO));
    try (FramePort port = open(spec);
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      String told = port.report().facts().getOrDefault("metadata", "");
      assertTrue(told.contains("only a native program"), told);
      send(kernel, "10.77.0.1");
      await(port, batch);
      assertFalse(metadata.of(batch, 0));
      port.release(batch);
    }
  }

  @Test
  void aMatchIsChangedInTheNetworkOfTheInterface() throws Exception {
    FrameBatch batch = new FrameBatch(64);
    try (FramePort port = open(spec("native", Match.udp(1)));
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      assertTrue(
          wire.inLeft(() -> driver.probe(spec("native", Match.udp(1)))).findings().stream()
              .anyMatch(
                  found ->
                      found.what().equals("metadata") && found.answer() == PortProbe.Answer.YES));
      wire.inLeft(
          () -> {
            port.match(Match.udp(PORT));
            return null;
          });
      send(kernel, "10.77.0.1");
      await(port, batch);
      assertTrue(metadata.of(batch, 0));
      port.release(batch);
    }
  }

  private long mac(boolean left) throws Exception {
    String name = left ? "left" : "right";
    java.util.concurrent.Callable<Long> ask =
        () -> {
          try (NetworkInterface on = NetworkInterface.open(name)) {
            return on.facts().mac();
          }
        };
    return left ? wire.inLeft(ask) : wire.inRight(ask);
  }

  /** A frame whose checksum is the sum over the pseudo header alone. */
  private byte[] unfinished(boolean six, byte[] payload) throws Exception {
    InetAddress from = InetAddress.ofLiteral(six ? "fd77::1" : "10.77.0.1");
    InetAddress to = InetAddress.ofLiteral(six ? "fd77::2" : "10.77.0.2");
    byte[] frame = Frames.udp(mac(true), mac(false), 0, from, to, PORT, payload);
    int sum = 17 + 8 + payload.length;
    for (InetAddress one : new InetAddress[] {from, to}) {
      ByteBuffer halves = ByteBuffer.wrap(one.getAddress());
      while (halves.hasRemaining()) {
        sum += Short.toUnsignedInt(halves.getShort());
      }
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    sum = (sum & 0xffff) + (sum >>> 16);
    ByteBuffer.wrap(frame).putShort(begin(six) + 6, (short) sum);
    return frame;
  }

  private static int begin(boolean six) {
    return 14 + (six ? 40 : 20);
  }

  private static void reserve(FramePort port, FrameBatch batch, byte[] frame) {
    long end = System.nanoTime() + PATIENCE;
    while (port.reserve(batch, 1) == 0) {
      assertTrue(System.nanoTime() < end, () -> "no chunk is free: " + port.report());
      port.flush();
    }
    batch.length(0, frame.length);
    batch.frame(0).copyFrom(MemorySegment.ofArray(frame));
  }

  private static void send(FramePort port, FrameBatch batch) {
    long end = System.nanoTime() + PATIENCE;
    while (!batch.isEmpty()) {
      assertTrue(System.nanoTime() < end, () -> "it is not taken: " + port.report());
      port.send(batch);
      port.flush();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "native,software,false",
    "native,software,true",
    "generic,software,false",
    "native,interface,false",
    "native,interface,true"
  })
  void aChecksumIsFinishedOnTheWay(String attach, String by, boolean six) throws Exception {
    // What reaches the other end is what would be on the wire.
    Wire.run("ip", "netns", "exec", wire.left, "ethtool", "-K", "left", "tx", "off");
    FrameBatch batch = new FrameBatch(64);
    FrameSpec spec =
        FrameSpec.on("left")
            .matching(Match.udp(1))
            .option("xdp.attach", attach)
            .option("xdp.tx-metadata", by);
    try (FramePort port = open(spec);
        DatagramChannel kernel = wire.inRight(DatagramChannel::open)) {
      kernel.bind(
          new InetSocketAddress(InetAddress.ofLiteral(six ? "fd77::2" : "10.77.0.2"), PORT));
      kernel.configureBlocking(false);
      ByteBuffer got = ByteBuffer.allocate(2048);
      for (int i = 1; i < 200; i++) {
        byte[] payload = new byte[i];
        Arrays.fill(payload, (byte) i);
        byte[] frame = unfinished(six, payload);
        reserve(port, batch, frame);
        send(port, batch); // did not ask, so nobody hears it
        reserve(port, batch, frame);
        assertTrue(TransmitMetadata.checksum(batch, 0, begin(six), 6));
        send(port, batch);
        long end = System.nanoTime() + PATIENCE;
        got.clear();
        while (kernel.receive(got) == null) {
          assertTrue(System.nanoTime() < end, () -> "it did not come: " + port.report());
          Thread.onSpinWait();
        }
        assertArrayEquals(payload, Arrays.copyOf(got.array(), got.position()));
        got.clear();
        assertNull(kernel.receive(got), "one of the two");
      }
      assertEquals(398, port.statistics().sent());
      assertEquals(0, port.statistics().sendInvalid());
      assertEquals(0, port.report().census().missing());
    }
  }

  @Test
  void whatWouldBlockTheRingIsRefused() throws Exception {
    FrameBatch batch = new FrameBatch(64);
    byte[] frame = unfinished(false, new byte[100]);
    FrameSpec spec =
        FrameSpec.on("left").matching(Match.udp(1)).option("xdp.tx-metadata", "software");
    try (FramePort port = open(spec)) {
      reserve(port, batch, frame);
      assertTrue(TransmitMetadata.checksum(batch, 0, 34, 6));
      batch.memory().set(ValueLayout.JAVA_BYTE, batch.address(0) - 24, (byte) 0x7f);
      send(port, batch);
      assertEquals(1, port.statistics().sendInvalid());

      reserve(port, batch, frame);
      assertTrue(TransmitMetadata.checksum(batch, 0, 34, 6));
      batch.length(0, 40);
      send(port, batch);
      assertEquals(2, port.statistics().sendInvalid());

      reserve(port, batch, frame);
      assertThrows(
          IllegalArgumentException.class, () -> TransmitMetadata.checksum(batch, 0, 140, 6));
      assertTrue(batch.adjustHead(0, -240));
      assertFalse(TransmitMetadata.checksum(batch, 0, 34, 6));
      send(port, batch);
      assertEquals(3, port.statistics().sendInvalid());

      reserve(port, batch, frame);
      assertTrue(TransmitMetadata.checksum(batch, 0, 34, 6));
      send(port, batch);
      assertEquals(1, port.statistics().sent());
      assertEquals(0, port.report().census().held());
      assertEquals(0, port.report().census().missing());
    }
  }

  @Test
  void aDescriptionOfTheKernelThatIsCutIsRefused() throws Exception {
    Path running = Path.of("/sys/kernel/btf/vmlinux");
    assumeTrue(Files.isReadable(running), "the kernel does not describe itself");
    assertTrue(KernelTypes.functions("bpf_xdp_metadata_rx_hash").size() == 1);
    assertTrue(KernelTypes.functions("there_is_no_such_function").isEmpty());
    byte[] all = Files.readAllBytes(running);
    for (int length : new int[] {0, 1, 3, 23, 24, 100, all.length / 2, all.length - 1}) {
      assertThrows(
          IOException.class, () -> KernelTypes.functions(Arrays.copyOf(all, length), "any"));
    }
  }
}
