// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortStatistics;
import org.sluice.sys.Capabilities;

/** Against the kernel, over a pair of virtual interfaces; needs root. */
@ParameterizedClass
@ValueSource(strings = {"calls", "blocks"})
class PacketSocketPortTest {
  private static final int TYPE = 0x88b5;
  private static final int SENT = 1 << 20;
  private static final java.util.function.IntFunction<Match> PORT = Match::udp;
  private static final Match OURS = new Match.EtherType(TYPE);

  @Parameter private String receive = "";
  private Veth veth;

  @BeforeEach
  void plug() throws Exception {
    assumeTrue(Veth.possible(), "needs root");
    veth = new Veth(receive);
  }

  @AfterEach
  void unplug() throws Exception {
    if (veth != null) {
      veth.close();
    }
  }

  private static FrameSpec at(String link) {
    return FrameSpec.on(link).matching(OURS);
  }

  private static byte[] frame(int length, int number) {
    byte[] frame = new byte[length];
    new Random(number).nextBytes(frame);
    Arrays.fill(frame, 0, 6, (byte) 0xff);
    ByteBuffer.wrap(frame).put(6, (byte) 2).putShort(12, (short) TYPE);
    if (length >= 18) {
      ByteBuffer.wrap(frame).putInt(14, number);
    }
    return frame;
  }

  private static List<byte[]> frames(int count, int length) {
    List<byte[]> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      all.add(frame(length, i));
    }
    return all;
  }

  private static void same(List<byte[]> expected, List<byte[]> actual) {
    assertEquals(expected.size(), actual.size());
    for (int i = 0; i < expected.size(); i++) {
      assertArrayEquals(expected.get(i), actual.get(i), "packet " + i);
    }
  }

  private static void sound(FramePort port) {
    FrameCensus census = port.report().census();
    assertEquals(0, census.missing(), census::toString);
    assertEquals(0, census.held(), census::toString);
  }

  private static Object sendPinned(FramePort port, List<byte[]> packets) throws Exception {
    return Veth.pinned(
        () -> {
          Veth.send(port, packets);
          return "";
        });
  }

  @Test
  void keepsOrderAndCountsWhatItMoves() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    assertEquals(0, b.receive(new FrameBatch(18)));
    assertFalse(b.await(0));
    List<byte[]> sent = frames(1000, 100);
    sendPinned(a, sent);
    same(sent, Veth.receive(b, 1000));
    assertEquals(0, b.receive(new FrameBatch(18)));
    PortStatistics of = a.statistics();
    assertEquals(1000, of.sent());
    assertEquals(100_000, of.sentBytes());
    assertEquals(0, of.received(), "it hears what it sends");
    PortStatistics to = b.statistics();
    assertEquals(1000, to.received());
    assertEquals(100_000, to.receivedBytes());
    assertEquals(0, to.receiveDropped() + to.receiveInvalid());
    sound(a);
    sound(b);
    Veth.until("up", () -> b.report().state().equals("up"));
  }

  /** Sends frames of ours, and returns when they have all arrived at sockets that are open. */
  private void arrive(FramePort a, List<byte[]> packets) throws Exception {
    Match mark = new Match.EtherType(0x88b6);
    try (FramePort observer = veth.openB(FrameSpec.on("b0").matching(mark))) {
      List<byte[]> all = new ArrayList<>(packets);
      byte[] last = frame(60, 0);
      last[13] = (byte) 0xb6;
      all.add(last);
      sendPinned(a, all);
      Veth.receive(observer, 1);
    }
  }

  @Test
  void fillsABatchExactlyAndKeepsTheRest() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    List<byte[]> sent = frames(20 + 18 + 1, 60);
    arrive(a, sent);
    List<byte[]> got = new ArrayList<>();
    for (int capacity : new int[] {20, 18, 18}) {
      FrameBatch batch = new FrameBatch(capacity);
      Veth.until("frames", () -> b.await(1_000_000) && b.receive(batch) > 0);
      // A block may hold a part of them.
      if (receive.equals("calls")) {
        assertEquals(Math.min(capacity, sent.size() - got.size()), batch.count());
      }
      assertThrows(IllegalStateException.class, () -> b.receive(batch), "the batch is not empty");
      Veth.collect(batch, got);
      b.release(batch);
    }
    if (got.size() < sent.size()) {
      got.addAll(Veth.receive(b, sent.size() - got.size()));
    }
    same(sent, got);
    sound(b);
  }

  @Test
  void losesNothingOfWhatThereAreNoChunksFor() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0").chunks(64));
    arrive(a, frames(200, 60));
    List<byte[]> got = new ArrayList<>();
    List<FrameBatch> held = new ArrayList<>();
    Veth.until(
        "all chunks",
        () -> {
          FrameBatch batch = new FrameBatch(256);
          b.receive(batch);
          Veth.collect(batch, got);
          held.add(batch);
          return got.size() >= 64;
        });
    assertEquals(64, got.size());
    assertEquals(0, b.receive(new FrameBatch(64)));
    assertEquals(64, b.report().census().held());
    assertEquals(0, b.reserve(new FrameBatch(64), 1));
    assertFalse(b.await(1_000_000), "what waits cannot be received");
    AtomicBoolean there = new AtomicBoolean();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  while (!b.await(600_000_000_000L)) {
                    Thread.onSpinWait();
                  }
                  there.set(true);
                });
    // Chunks that another thread gives back are all that ends the wait.
    held.forEach(b::release);
    Veth.until("the wait ends", there::get);
    waiter.join();
    got.addAll(Veth.receive(b, 136));
    same(frames(200, 60), got);
    sound(b);
  }

  @Test
  void leavesInTheBatchWhatTheKernelHasNoRoomFor() throws Exception {
    FramePort a = veth.openA(at("a0").ring(16));
    // Nothing leaves a queue of which the rate is a byte a second.
    veth.inA(
        "tc",
        "qdisc",
        "add",
        "dev",
        "a0",
        "root",
        "tbf",
        "rate",
        "8bit",
        "burst",
        "2000",
        "limit",
        "100000000");
    FrameBatch batch = new FrameBatch(1024);
    assertEquals(1024, a.reserve(batch, 1024));
    for (int i = 0; i < batch.count(); i++) {
      batch.length(i, 1000);
      batch.frame(i).set(ValueLayout.JAVA_SHORT_UNALIGNED, 12, (short) 0xb588);
    }
    int taken = a.send(batch);
    assertTrue(taken > 0 && taken < 1024, "taken " + taken);
    assertEquals(1024 - taken, batch.count());
    assertEquals(0, a.send(batch));
    assertEquals(taken, a.statistics().sent());
    assertEquals(0, a.statistics().sendDropped());
    a.release(batch);
    sound(a);
  }

  @Test
  void showsTagsAsTheyWereOnTheWire() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    List<byte[]> sent = new ArrayList<>();
    for (int[] tags : new int[][] {{0x8100}, {0x88a8}, {0x88a8, 0x8100}, {0x8100, 0x8100}, {}}) {
      for (int length : new int[] {60, 200, 1496}) {
        sent.add(tagged(frame(length - 4 * (tags.length - 1), length), tags));
      }
    }
    sendPinned(a, sent);
    same(sent, Veth.receive(b, sent.size()));
    assertEquals(0, a.statistics().sendInvalid());
    assertEquals(
        sent.stream().mapToLong(frame -> frame.length).sum(), b.statistics().receivedBytes());
  }

  private static byte[] tagged(byte[] frame, int... tags) {
    ByteBuffer tagged = ByteBuffer.allocate(frame.length + 4 * tags.length);
    tagged.put(frame, 0, 12);
    for (int tag : tags) {
      tagged.putShort((short) tag).putShort((short) (0x2000 | (tag & 0xff) + 7));
    }
    return tagged.put(frame, 12, frame.length - 12).array();
  }

  @Test
  void movesLongFramesInSeveralPieces() throws Exception {
    veth.inA("ip", "link", "set", "a0", "mtu", "9000");
    veth.inB("ip", "link", "set", "b0", "mtu", "9000");
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    List<byte[]> sent = new ArrayList<>();
    for (int length : new int[] {9014, 1920, 1921, 3968, 3969, 60, 9014, 9014, 9014}) {
      sent.add(frame(length, length));
    }
    sent.add(tagged(frame(9014, 1), 0x8100));
    for (int round = 0; round < 20; round++) {
      sendPinned(a, sent);
      same(sent, Veth.receive(b, sent.size()));
      sendPinned(b, sent);
      same(sent, Veth.receive(a, sent.size()));
    }
    sound(a);
    sound(b);

    sendPinned(a, List.of(frame(9014, 1), frame(9014, 2), frame(9014, 3), frame(9014, 4)));
    FrameBatch small = new FrameBatch(18);
    List<byte[]> got = new ArrayList<>();
    Veth.until(
        "whole packets",
        () -> {
          b.receive(small);
          assertTrue(small.isEmpty() || !small.continued(small.count() - 1));
          Veth.collect(small, got);
          b.release(small);
          return got.size() == 4;
        });
    sound(b);
  }

  @Test
  void dropsAndCountsWhatCannotBeSent() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FrameBatch batch = new FrameBatch(64);
    Veth.write(a, batch, new byte[0]);
    Veth.write(a, batch, new byte[13]);
    Veth.write(a, batch, frame(1600, 1));
    Veth.write(a, batch, frame(60, 1));
    Veth.write(a, batch, frame(5000, 1));
    assertEquals(7, a.send(batch));
    assertEquals(1, a.statistics().sent());
    assertEquals(4, a.statistics().sendInvalid());
    Veth.write(a, batch, frame(5000, 1));
    batch.removeFirst(0);
    batch.words()[2 * 2 + 1] |= (long) FrameBatch.CONTINUED << 32;
    assertEquals(3, a.send(batch), "a packet without an end");
    assertEquals(5, a.statistics().sendInvalid());
    sound(a);
    batch.clear();
    for (int i = 0; i < 19; i++) {
      Veth.write(a, batch, frame(60, i));
      batch.words()[2 * i + 1] |= i < 18 ? (long) FrameBatch.CONTINUED << 32 : 0;
    }
    assertEquals(19, a.send(batch), "more frames than a packet has");
    assertEquals(6, a.statistics().sendInvalid());
    Veth.write(a, batch, frame(60, 1));
    Veth.write(a, batch, frame(60, 2));
    batch.words()[1] |= (long) FrameBatch.CONTINUED << 32;
    batch.length(1, 0);
    assertEquals(2, a.send(batch), "an empty frame in a packet");
    assertEquals(7, a.statistics().sendInvalid());
    sound(a);
    FramePort deaf = veth.openA(at("a0").only(Direction.RECEIVE));
    for (Runnable wrong :
        List.<Runnable>of(
            () -> deaf.reserve(batch, 5), () -> deaf.send(batch), () -> deaf.flush())) {
      IllegalStateException told = assertThrows(IllegalStateException.class, wrong::run);
      assertEquals(
          "the afpacket port on a0 was opened for receiving only",
          String.valueOf(told.getMessage()));
    }
  }

  @Test
  void hearsNothingWhenItOnlySends() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort deaf = veth.openB(at("b0").only(Direction.SEND));
    FramePort b = veth.openB(at("b0"));
    sendPinned(a, frames(10, 60));
    Veth.receive(b, 10);
    assertEquals(0, deaf.receive(new FrameBatch(64)));
    Veth.send(deaf, frame(60, 1));
    assertEquals(1, Veth.receive(a, 1).size());
  }

  @Test
  void movesTheEndsOfFrames() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    byte[] plain = frame(100, 3);
    byte[] tagged = tagged(plain, 0x8100);
    FrameBatch first = new FrameBatch(64);
    FrameBatch second = new FrameBatch(64);
    FrameBatch batch = new FrameBatch(64);
    sendPinned(a, List.of(plain));
    Veth.until("the plain one", () -> b.await(1_000_000) && b.receive(first) == 1);
    sendPinned(a, List.of(tagged));
    Veth.until("the tagged one", () -> b.await(1_000_000) && b.receive(second) == 1);
    first.moveTo(batch, 0);
    second.moveTo(batch, 0);
    assertEquals(128, batch.headroom(0));
    assertEquals(124, batch.headroom(1));
    for (int i = 0; i < 2; i++) {
      assertTrue(batch.adjustHead(i, -100));
      assertTrue(batch.adjustHead(i, 100));
      assertTrue(batch.adjustTail(i, 40));
      assertTrue(batch.adjustTail(i, -40));
    }
    // Stripping the tag: the addresses move, and the beginning behind them.
    var frame = batch.frame(1);
    byte[] addresses = frame.asSlice(0, 12).toArray(ValueLayout.JAVA_BYTE);
    frame.asSlice(4).copyFrom(java.lang.foreign.MemorySegment.ofArray(addresses));
    assertTrue(batch.adjustHead(1, 4));
    assertTrue(batch.adjustTail(0, -50));
    Veth.sendAll(b, batch);
    same(List.of(Arrays.copyOf(plain, 50), plain), Veth.receive(a, 2));
    sound(b);
  }

  @Test
  void leavesTheHostItsTraffic() throws Exception {
    veth.inA("sysctl", "-qw", "net.ipv6.conf.a0.disable_ipv6=0");
    veth.inB("sysctl", "-qw", "net.ipv6.conf.b0.disable_ipv6=0");
    veth.inA("ip", "addr", "add", "10.9.0.1/24", "dev", "a0");
    veth.inB("ip", "addr", "add", "10.9.0.2/24", "dev", "b0");
    veth.inA("ip", "addr", "add", "fd09::1/64", "dev", "a0", "nodad");
    veth.inB("ip", "addr", "add", "fd09::2/64", "dev", "b0", "nodad");
    FramePort b = veth.openB(FrameSpec.on("b0").matching(Match.udp(9000)));
    for (String to : List.of("10.9.0.2", "fd09::2")) {
      InetSocketAddress remote = new InetSocketAddress(java.net.InetAddress.ofLiteral(to), 9000);
      Callable<Boolean> talk =
          () -> {
            try (DatagramChannel channel = DatagramChannel.open()) {
              for (int i = 0; i < 5; i++) {
                channel.send(ByteBuffer.wrap(new byte[] {1, 2, 3, (byte) i}), remote);
                channel.send(
                    ByteBuffer.wrap(new byte[4]), new InetSocketAddress(remote.getAddress(), 9));
              }
            }
            return true;
          };
      assertTrue(veth.a.call(talk));
      List<byte[]> got = Veth.receive(b, 5);
      assertEquals(5, got.size());
      for (byte[] frame : got) {
        assertEquals(9000, ByteBuffer.wrap(frame).getShort(to.contains(":") ? 56 : 36));
      }
      assertTrue(
          veth.a.call(() -> java.net.InetAddress.ofLiteral(to).isReachable(20_000)), "ping " + to);
    }
    assertTrue(veth.inA("ip", "neigh", "show").contains("lladdr"), "ARP");
    assertEquals(10, b.statistics().received());
  }

  @Test
  void tellsThatAChecksumIsNotFinished() throws Exception {
    veth.inA("ip", "addr", "add", "10.9.0.1/24", "dev", "a0");
    veth.inB("ip", "addr", "add", "10.9.0.2/24", "dev", "b0");
    FramePort b = veth.openB(FrameSpec.on("b0").matching(Match.udp(9000)));
    veth.a.call(
        () -> {
          try (DatagramChannel channel = DatagramChannel.open()) {
            return channel.send(
                ByteBuffer.wrap(new byte[8]), new InetSocketAddress("10.9.0.2", 9000));
          }
        });
    FrameBatch batch = new FrameBatch(64);
    Veth.until("a datagram", () -> b.await(1_000_000) && b.receive(batch) == 1);
    assertEquals(FrameBatch.CHECKSUM_PARTIAL, batch.flags(0));
    b.release(batch);
  }

  @Test
  void comesBackWithItsInterfaceButNotWithAnother() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    veth.inB("ip", "link", "set", "b0", "down");
    assertEquals("down", b.report().state());
    Veth.until("no carrier", () -> a.report().state().equals("no carrier"));
    assertEquals(0, b.receive(new FrameBatch(64)));
    Veth.send(b, frame(60, 1));
    assertEquals(1, b.statistics().sendDropped());
    assertEquals(0, b.statistics().sent());
    veth.inB("ip", "link", "set", "b0", "up");
    Veth.until("up", () -> b.report().state().equals("up") && a.report().state().equals("up"));
    sendPinned(a, frames(5, 60));
    same(frames(5, 60), Veth.receive(b, 5));
    sendPinned(b, frames(5, 60));
    same(frames(5, 60), Veth.receive(a, 5));

    veth.inB("ip", "link", "del", "b0");
    assertEquals("gone", b.report().state());
    assertEquals(0, b.receive(new FrameBatch(64)));
    veth.plug();
    assertEquals("gone", b.report().state());
    assertEquals(0, b.receive(new FrameBatch(64)));
    Veth.send(b, frames(3, 60));
    assertEquals(4, b.statistics().sendDropped());
    sound(a);
    sound(b);
  }

  @Test
  void closesUnderLoadAndLeavesNothing() throws Exception {
    Path descriptors = Path.of("/proc/self/fd");
    veth.openA(at("a0")).close();
    int before = count(descriptors);
    for (int round = 0; round < 20; round++) {
      FramePort a = veth.openA(at("a0"));
      FramePort b = veth.openB(at("b0"));
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      AtomicBoolean began = new AtomicBoolean();
      Thread sender =
          Thread.ofPlatform()
              .start(
                  () ->
                      load(
                          wrong,
                          () -> {
                            FrameBatch batch = new FrameBatch(64);
                            while (true) {
                              a.reserve(batch, 32 - batch.count());
                              for (int i = 0; i < batch.count(); i++) {
                                batch.length(i, 60);
                              }
                              a.send(batch);
                            }
                          }));
      Thread receiver =
          Thread.ofPlatform()
              .start(
                  () ->
                      load(
                          wrong,
                          () -> {
                            FrameBatch batch = new FrameBatch(64);
                            while (true) {
                              began.set(true);
                              b.await(100_000_000_000L);
                              b.receive(batch);
                              b.release(batch);
                            }
                          }));
      Veth.until("load", () -> began.get() && a.statistics().sent() > 100);
      if (round % 2 == 0) {
        a.close();
        b.close();
      } else {
        b.close();
        a.close();
      }
      a.close();
      sender.join();
      receiver.join();
      assertTrue(wrong.get() == null, () -> String.valueOf(wrong.get()));
      assertThrows(PortClosedException.class, () -> a.receive(new FrameBatch(18)));
      assertThrows(PortClosedException.class, () -> a.send(new FrameBatch(18)));
      assertThrows(PortClosedException.class, a::report);
      assertThrows(PortClosedException.class, () -> a.match(OURS));
      assertTrue(a.statistics().sent() > 100);
      a.release(new FrameBatch(18));
      a.wake();
      assertThrows(IllegalStateException.class, () -> a.memory().get(ValueLayout.JAVA_BYTE, 0));
    }
    assertEquals(before, count(descriptors));
    assertEquals("", veth.inA("ss", "-0", "-H").strip());
    assertEquals("", veth.inB("ss", "-0", "-H").strip());
  }

  private static int count(Path directory) throws Exception {
    try (var entries = Files.list(directory)) {
      return (int) entries.count();
    }
  }

  private static void load(AtomicReference<Throwable> wrong, Runnable work) {
    try {
      work.run();
    } catch (PortClosedException e) {
      return;
    } catch (Throwable e) {
      wrong.set(e);
    }
  }

  @Test
  void closesItsPortsWhenTheDriverStops() throws Exception {
    FramePort a = veth.openA(at("a0"));
    veth.driver.stop();
    assertThrows(PortClosedException.class, a::report);
    assertThrows(PortException.class, () -> veth.openA(at("a0")));
  }

  @Test
  void isWokenFromAnotherThread() throws Exception {
    FramePort b = veth.openB(at("b0"));
    AtomicBoolean result = new AtomicBoolean(true);
    Thread waiter = Thread.ofPlatform().start(() -> result.set(b.await(600_000_000_000L)));
    Veth.until("the wait", () -> waiter.getState() == Thread.State.RUNNABLE);
    b.wake();
    waiter.join();
    assertFalse(result.get());
  }

  @Test
  void allocatesNothingOnTheWay() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    var threads = (com.sun.management.ThreadMXBean) ManagementFactory.getThreadMXBean();
    FrameBatch out = new FrameBatch(64);
    FrameBatch in = new FrameBatch(64);
    long least = Long.MAX_VALUE;
    // Calls into the kernel allocate until they are compiled to the end, which is not looked for.
    for (int round = 0; round < 40 && least > 0; round++) {
      long begin = threads.getCurrentThreadAllocatedBytes();
      for (int moved = 0; moved < 100_000; ) {
        a.reserve(out, 32 - out.count());
        for (int i = 0; i < out.count(); i++) {
          out.length(i, 60);
          a.memory().set(ValueLayout.JAVA_SHORT_UNALIGNED, out.address(i) + 12, (short) 0xb588);
        }
        a.send(out);
        a.flush();
        b.await(0);
        moved += b.receive(in);
        b.release(in);
      }
      long used = threads.getCurrentThreadAllocatedBytes() - begin;
      least = Math.min(least, used);
    }
    assertEquals(0, least);
    a.release(out);
    sound(a);
  }

  @Test
  void sharesWithOthersOfItsGroup() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FrameSpec shared = at("b0").option("afpacket.fanout", "balance:7");
    FramePort one = veth.openB(shared);
    FramePort two = veth.openB(shared);
    sendPinned(a, frames(100, 60));
    List<byte[]> got = new ArrayList<>(Veth.receive(one, 50));
    got.addAll(Veth.receive(two, 50));
    assertEquals(100, got.size());
    same(
        frames(100, 60),
        got.stream()
            .sorted((x, y) -> ByteBuffer.wrap(x).getInt(14) - ByteBuffer.wrap(y).getInt(14))
            .toList());
  }

  @Test
  void takesOnlyTheQueuesItWasTold() throws Exception {
    veth.inB("ip", "link", "del", "b0");
    veth.plug(3);
    FramePort a = veth.openA(at("a0"));
    FramePort first = veth.openB(at("b0").queues(0));
    FramePort other = veth.openB(at("b0").queues(1, 2));
    FrameSpec none = at("b0").queues(0, 3);
    PortException refused = assertThrows(PortException.class, () -> veth.openB(none));
    assertEquals(
        "afpacket port on b0: there is no queue 3; it receives by 3, counted from 0",
        String.valueOf(refused.getMessage()));
    assertEquals(
        "queues: there is no queue 3; it receives by 3, counted from 0",
        veth.b.call(() -> veth.driver.probe(none)).summary());
    sendPinned(a, frames(10, 60));
    Veth.receive(first, 10);
    assertEquals(0, other.receive(new FrameBatch(18)));
  }

  @Test
  void saysWhyItCannotBeHad() throws Exception {
    PortProbe good = veth.b.call(() -> veth.driver.probe(at("b0")));
    assertEquals(30, good.merit(), good::toString);
    assertEquals("interface", good.findings().get(1).what());
    veth.inB("ip", "link", "set", "b0", "down");
    PortProbe down = veth.b.call(() -> veth.driver.probe(at("b0")));
    assertEquals(30, down.merit());
    assertEquals(PortProbe.Answer.UNKNOWN, down.findings().get(1).answer());
    FramePort early = veth.openB(at("b0"));
    veth.inB("ip", "link", "set", "b0", "up");
    sendPinned(veth.openA(at("a0")), frames(3, 60));
    Veth.receive(early, 3);
    PortProbe away = veth.b.call(() -> veth.driver.probe(at("b1")));
    assertFalse(away.works());
    assertTrue(away.summary().contains("there is no interface b1"), away::summary);
    PortException gone = assertThrows(PortException.class, () -> veth.openB(at("b1")));
    assertTrue(String.valueOf(gone.getMessage()).contains("ENODEV"), gone::getMessage);
    PortException key =
        assertThrows(
            PortException.class,
            () ->
                veth.openB(at("b0").option("afpacket.fanuot", "hash:1").option("xdp.attach", "x")));
    assertTrue(
        String.valueOf(key.getMessage()).contains("did you mean afpacket.fanout?"),
        key::getMessage);
    veth.openB(at("b0").option("xdp.attach", "x")).close();
    for (String wrong :
        List.of("bypass=perhaps", "fanout=hash", "fanout=hash:70000", "receive=x")) {
      String[] sides = wrong.split("=", -1);
      FrameSpec spec = at("b0").option("afpacket." + sides[0], sides[1]);
      assertFalse(veth.b.call(() -> veth.driver.probe(spec)).works(), wrong);
      assertThrows(PortException.class, () -> veth.openB(spec), wrong);
    }
    DatagramSpec datagrams =
        DatagramSpec.at(new InetSocketAddress(java.net.InetAddress.ofLiteral("127.0.0.1"), 0));
    assertFalse(veth.driver.probe(datagrams).works());
    assertThrows(PortException.class, () -> veth.driver.open(datagrams));
  }

  @Test
  void sendsPastTheQueueingDiscipline() throws Exception {
    FramePort a = veth.openA(at("a0").option("afpacket.bypass", "true"));
    FramePort b = veth.openB(at("b0"));
    veth.inA(
        "tc",
        "qdisc",
        "add",
        "dev",
        "a0",
        "root",
        "tbf",
        "rate",
        "8bit",
        "burst",
        "2000",
        "limit",
        "100000000");
    sendPinned(a, frames(500, 60));
    same(frames(500, 60), Veth.receive(b, 500));
  }

  @Test
  void makesTheInterfaceListenAsLongAsItIsOpen() throws Exception {
    FramePort promiscuous = veth.openA(at("a0").option("afpacket.promiscuous", "true"));
    FramePort group =
        veth.openB(FrameSpec.on("b0").matching(Match.parse("group 239.129.2.3 or arp")));
    assertTrue(veth.inA("ip", "-d", "link", "show", "a0").contains("promiscuity 1"));
    assertTrue(veth.inB("ip", "maddr", "show", "dev", "b0").contains("01:00:5e:01:02:03"));
    promiscuous.close();
    group.close();
    assertTrue(veth.inA("ip", "-d", "link", "show", "a0").contains("promiscuity 0"));
    assertFalse(veth.inB("ip", "maddr", "show", "dev", "b0").contains("01:00:5e:01:02:03"));
  }

  @Test
  void changesItsGroupsWithItsMatch() throws Exception {
    FramePort b = veth.openB(FrameSpec.on("b0").matching(Match.parse("group 239.1.1.1 or arp")));
    b.match(Match.parse("group 239.1.1.1 or group 239.1.1.2 or group 239.129.1.2"));
    String both = veth.inB("ip", "maddr", "show", "dev", "b0");
    assertTrue(both.contains("01:00:5e:01:01:01"), both);
    assertTrue(both.contains("01:00:5e:01:01:02"), both);
    Match many =
        Match.parse("group 239.1.1.3 or udp port 1")
            .or(new Match.AnyOf(java.util.stream.IntStream.range(1, 5000).mapToObj(PORT).toList()));
    assertThrows(PortException.class, () -> b.match(many));
    assertEquals(both, veth.inB("ip", "maddr", "show", "dev", "b0"), "nothing has changed");
    b.match(Match.parse("group 239.1.1.2"));
    String one = veth.inB("ip", "maddr", "show", "dev", "b0");
    assertFalse(one.contains("01:00:5e:01:01:01"), one);
    assertTrue(one.contains("01:00:5e:01:01:02"), one);
    b.match(OURS);
    assertFalse(veth.inB("ip", "maddr", "show", "dev", "b0").contains("01:00:5e:01:01"));
    sendPinned(veth.openA(at("a0")), frames(5, 60));
    same(frames(5, 60), Veth.receive(b, 5));
    veth.inB("ip", "link", "del", "b0");
    assertThrows(PortException.class, () -> b.match(Match.parse("group 239.1.1.4")));
    assertEquals(OURS.toString(), b.report().facts().get("match"));
  }

  @Test
  void handsOutWholeWhatTheKernelHasPutTogether() throws Exception {
    veth.inA("ip", "addr", "add", "10.9.0.1/24", "dev", "a0");
    veth.inB("ip", "addr", "add", "10.9.0.2/24", "dev", "b0");
    java.nio.channels.ServerSocketChannel server =
        veth.b.call(
            () ->
                java.nio.channels.ServerSocketChannel.open()
                    .bind(new InetSocketAddress("10.9.0.2", 7000)));
    FramePort all = veth.openB(FrameSpec.on("b0").matching(Match.tcp(7000)));
    FramePort small = veth.openB(FrameSpec.on("b0").matching(Match.tcp(7000)).chunks(64));
    Thread writer =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    veth.a.call(
                        () -> {
                          var out =
                              java.nio.channels.SocketChannel.open(
                                  new InetSocketAddress("10.9.0.2", 7000));
                          try (out) {
                            ByteBuffer data = ByteBuffer.allocateDirect(SENT);
                            while (data.hasRemaining()) {
                              out.write(data);
                            }
                          }
                          return true;
                        });
                  } catch (Exception e) {
                    throw new AssertionError(e);
                  }
                });
    long read = 0;
    try (server;
        var in = server.accept()) {
      ByteBuffer buffer = ByteBuffer.allocateDirect(1 << 20);
      for (int n; (n = in.read(buffer.clear())) >= 0; ) {
        read += n;
      }
    }
    writer.join();
    assertEquals(SENT, read);
    assertEquals(0, all.statistics().receiveDropped());
    List<byte[]> got = new ArrayList<>();
    FrameBatch batch = new FrameBatch(64);
    FrameBatch tiny = new FrameBatch(18);
    // Nothing more comes for a second, which is a thousand times what a block waits.
    while (all.await(1_000_000_000)) {
      all.receive(batch);
      Veth.collect(batch, got);
      all.release(batch);
    }
    while (small.await(1_000_000_000)) {
      small.receive(tiny);
      small.release(tiny);
    }
    for (byte[] frame : got) {
      assertEquals(frame.length - 14, ByteBuffer.wrap(frame).getShort(16) & 0xffff);
    }
    assertTrue(got.stream().anyMatch(frame -> frame.length > 1514), "nothing was put together");
    long long36 = got.stream().filter(frame -> frame.length > 1920 + 17 * 2048).count();
    assertEquals(got.size(), all.statistics().received());
    assertEquals(long36, small.statistics().receiveInvalid());
    assertEquals(
        got.size(), small.statistics().received() + long36 + small.statistics().receiveDropped());
    sound(all);
    sound(small);
  }

  @Test
  void saysWhichPrivilegeItLacks() throws Exception {
    veth.b.call(
        () -> {
          Capabilities.renounce();
          PortProbe probe = veth.driver.probe(at("b0"));
          assertEquals(0, probe.merit());
          assertEquals("privilege: CAP_NET_RAW is missing", probe.summary());
          PortException no = assertThrows(PortException.class, () -> veth.driver.open(at("b0")));
          assertTrue(String.valueOf(no.getMessage()).contains("EPERM"), no::getMessage);
          assertTrue(
              String.valueOf(no.getMessage()).contains("AmbientCapabilities=CAP_NET_RAW"),
              no::getMessage);
          return true;
        });
  }

  @Test
  void tellsTwoThreadsApartAndForeignFrames() throws Exception {
    FramePort a = veth.openA(at("a0"));
    FramePort b = veth.openB(at("b0"));
    FrameBatch batch = new FrameBatch(64);
    a.reserve(batch, 3);
    assertThrows(IllegalArgumentException.class, () -> b.send(batch));
    assertThrows(IllegalArgumentException.class, () -> b.release(batch));
    a.release(batch);
    a.reserve(batch, 1);
    batch.add(1L << 40, 60, 0);
    assertEquals(2, a.send(batch));
    assertEquals(2, a.statistics().sendInvalid(), "an empty one, and one that lies nowhere");
    sound(a);
    Thread waiter = Thread.ofPlatform().start(() -> insist(b));
    Veth.until(
        "the wait",
        () -> {
          try {
            b.await(0);
            return false;
          } catch (IllegalStateException e) {
            return true;
          }
        });
    b.wake();
    waiter.join();
  }

  /** Waits in the port, when the other thread has let it in. */
  private static void insist(FramePort port) {
    while (true) {
      try {
        port.await(600_000_000_000L);
        return;
      } catch (IllegalStateException e) {
        Thread.onSpinWait();
      }
    }
  }
}
