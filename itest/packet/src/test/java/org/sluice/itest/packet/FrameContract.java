// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortStatistics;

/** What every driver of frame ports does, on two ports that are connected with one another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class FrameContract {
  private static final int TYPE = 0x88b5;
  private static final int FILLING = 7_000;
  private static final int OTHER = 0x88b6;
  private static final int ETHERNET = 14;
  private static final int NUMBERED = ETHERNET + 4;

  /** So few are under way at once that nothing between the ends overflows. */
  private static final int WINDOW = 64;

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final long LONG = TimeUnit.HOURS.toNanos(1);

  private final List<FramePort> opened = new ArrayList<>();
  private final FrameBatch out = new FrameBatch(WINDOW);
  private final FrameBatch in = new FrameBatch(WINDOW);
  private Ends ends = new SimEnds();
  private PortDriver driver = ends.driver();

  abstract Ends ends() throws Exception;

  @BeforeAll
  void connect() throws Exception {
    ends = ends();
  }

  @AfterAll
  void disconnect() throws Exception {
    ends.close();
  }

  @BeforeEach
  void start() {
    driver = ends.driver();
    opened.clear();
    out.clear();
    in.clear();
  }

  /** No chunk is lost or in two places, and none is with a holder who has given all back. */
  @AfterEach
  void census() {
    try {
      for (FramePort port : opened) {
        FrameCensus census;
        try {
          census = port.report().census();
        } catch (PortClosedException e) {
          continue;
        }
        assertEquals(0, census.missing(), census::toString);
        assertEquals(0, census.held(), census::toString);
        assertTrue(census.free() >= 0 && census.fill() >= 0, census::toString);
      }
    } finally {
      ends.deactivate(driver);
    }
  }

  // --- opening and helping ---

  FramePort open(char end, UnaryOperator<FrameSpec> change) throws Exception {
    FrameSpec spec = change.apply(ends.spec(end).matching(new Match.EtherType(TYPE)));
    FramePort port = ends.at(end, () -> driver.open(spec));
    opened.add(port);
    return port;
  }

  FramePort open(char end) throws Exception {
    return open(end, spec -> spec);
  }

  static FrameSpec small(FrameSpec spec) {
    return spec.chunks(64).ring(64);
  }

  static void until(BooleanSupplier state, String what) {
    long begun = System.nanoTime();
    while (!state.getAsBoolean()) {
      assertTrue(System.nanoTime() - begun < PATIENCE, what);
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(1);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private static void header(FramePort port, FrameBatch batch, int index, int type) {
    MemorySegment memory = port.memory();
    long at = batch.address(index);
    for (int i = 0; i < 12; i++) {
      memory.set(JAVA_BYTE, at + i, (byte) (i < 6 ? 0xff : 2));
    }
    memory.set(JAVA_BYTE, at + 12, (byte) (type >> 8));
    memory.set(JAVA_BYTE, at + 13, (byte) type);
  }

  /** Adds frames of this test, with numbers; fewer when there are fewer chunks. */
  static int numbered(FramePort port, FrameBatch batch, int count, int first, int length) {
    int before = batch.count();
    int got = port.reserve(batch, count);
    for (int i = 0; i < got; i++) {
      int index = before + i;
      batch.length(index, length);
      header(port, batch, index, TYPE);
      if (length >= NUMBERED) {
        port.memory().set(JAVA_INT_UNALIGNED, batch.address(index) + ETHERNET, first + i);
      }
    }
    return got;
  }

  static int number(FramePort port, FrameBatch batch, int index) {
    return port.memory().get(JAVA_INT_UNALIGNED, batch.address(index) + ETHERNET);
  }

  static void send(FramePort port, FrameBatch batch) {
    long begun = System.nanoTime();
    while (!batch.isEmpty()) {
      port.send(batch);
      port.flush();
      assertTrue(System.nanoTime() - begun < PATIENCE, "everything is taken some time");
    }
  }

  static void receiveSome(FramePort port, FrameBatch batch) {
    long begun = System.nanoTime();
    while (port.receive(batch) == 0) {
      assertTrue(System.nanoTime() - begun < PATIENCE, "something arrives");
      port.await(1_000_000);
    }
  }

  private static void arrived(FramePort port, int frames) {
    until(
        () -> port.report().census().received() == frames,
        frames + " frames wait in " + port.report());
  }

  /** Sends numbered frames from one to the other; fails unless all come, in order. */
  void pump(FramePort from, FramePort to, int frames, int length) {
    int sent = 0;
    int got = 0;
    // The receiver keeps half of its chunks ready, at most.
    int window = (int) Math.min(WINDOW, to.memory().byteSize() / to.chunkSize() / 4);
    long begun = System.nanoTime();
    while (got < frames) {
      int wanted = Math.min(window - (sent - got), frames - sent);
      if (wanted > 0 && out.isEmpty()) {
        sent += numbered(from, out, wanted, sent, length);
      }
      if (!out.isEmpty()) {
        from.send(out);
        from.flush();
      }
      int came = to.receive(in);
      for (int i = 0; i < came; i++) {
        if (number(to, in, i) != got + i || in.length(i) != length) {
          throw new AssertionError(
              "frame %d came as %d, of %d bytes"
                  .formatted(got + i, number(to, in, i), in.length(i)));
        }
      }
      to.release(in);
      if (came > 0) {
        begun = System.nanoTime();
      } else if (System.nanoTime() - begun > PATIENCE) {
        throw new AssertionError(
            "%d of %d came; %s; %s".formatted(got, frames, from.report(), to.report()));
      }
      got += came;
    }
  }

  static Thread thread(String role, CompletableFuture<Void> end, Work work) {
    return Thread.ofPlatform()
        .daemon()
        .name("itest/packet/" + role)
        .start(
            () -> {
              try {
                work.run();
                end.complete(null);
              } catch (Throwable e) {
                end.completeExceptionally(e);
              }
            });
  }

  @FunctionalInterface
  interface Work {
    void run() throws Exception;
  }

  static void get(CompletableFuture<Void> end) throws Exception {
    end.get(60, TimeUnit.SECONDS);
  }

  // --- what is moved ---

  @Test
  void framesComeInOrder() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    pump(a, b, 100_000, 60);
    pump(b, a, 10_000, 60);
    PortStatistics sent = a.statistics();
    PortStatistics got = b.statistics();
    assertEquals(100_000, sent.sent());
    assertEquals(6_000_000, sent.sentBytes());
    assertEquals(100_000, got.received());
    assertEquals(6_000_000, got.receivedBytes());
    assertEquals(10_000, got.sent());
    assertEquals(0, got.receiveDropped() + got.receiveInvalid());
    assertEquals(0, sent.sendDropped() + sent.sendInvalid());
  }

  @Test
  void whenNothingCameNothingIsReceived() throws Exception {
    FramePort b = open('b');
    assertEquals(0, b.receive(in));
    assertTrue(in.isEmpty());
    assertFalse(b.await(0));
    assertEquals(PortStatistics.NONE.received(), b.statistics().received());
  }

  @Test
  void aBatchIsFilledToTheBrimAndTheRestWaits() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    FrameBatch twenty = new FrameBatch(20);
    numbered(a, out, 20, 0, 60);
    send(a, out);
    arrived(b, 20);
    assertEquals(20, b.receive(twenty));
    assertTrue(twenty.isFull());
    b.release(twenty);
    assertEquals(0, b.receive(twenty));

    numbered(a, out, 50, 0, 60);
    send(a, out);
    arrived(b, 50);
    for (int expected : new int[] {20, 20, 10, 0}) {
      assertEquals(expected, b.receive(twenty));
      b.release(twenty);
    }
  }

  @Test
  void aBatchThatHoldsFramesIsNotReceivedInto() throws Exception {
    FramePort b = open('b');
    b.reserve(in, 1);
    assertThrows(IllegalStateException.class, () -> b.receive(in));
    b.release(in);
    assertEquals(0, b.receive(in));
  }

  @Test
  void framesOfEveryLengthComeAsTheyWent() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    Random random = new Random(1);
    for (int length = ETHERNET; length <= a.frameSize(); length += length < 130 ? 1 : 13) {
      byte[] bytes = bytes(random, length);
      a.reserve(out, 1);
      out.length(0, length);
      out.frame(0).copyFrom(MemorySegment.ofArray(bytes));
      send(a, out);
      receiveSome(b, in);
      assertEquals(1, in.count());
      assertFalse(in.continued(0));
      assertArrayEquals(bytes, in.frame(0).toArray(JAVA_BYTE));
      b.release(in);
    }
  }

  @Test
  void theLongestFrameOfOneChunkComesWhole() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    byte[] bytes = bytes(new Random(2), a.frameSize());
    packet(a, bytes, a.frameSize());
    send(a, out);
    assertArrayEquals(bytes, packets(b, 1).getFirst());
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    java.util.Arrays.fill(bytes, 0, 6, (byte) 0xff);
    java.util.Arrays.fill(bytes, 6, 12, (byte) 2);
    bytes[12] = (byte) (TYPE >> 8);
    bytes[13] = (byte) TYPE;
    return bytes;
  }

  /** Adds a packet in as many frames as it takes. */
  private void packet(FramePort port, byte[] bytes, int part) {
    int frames = (bytes.length + part - 1) / part;
    int before = out.count();
    assertEquals(frames, port.reserve(out, frames));
    for (int i = 0; i < frames; i++) {
      int length = Math.min(part, bytes.length - i * part);
      out.length(before + i, length);
      MemorySegment.copy(bytes, i * part, out.frame(before + i), JAVA_BYTE, 0, length);
      if (i + 1 < frames) {
        out.words()[2 * (before + i) + 1] |= (long) FrameBatch.CONTINUED << 32;
      }
    }
  }

  /** Receives packets, in the smallest batch, and fails when one is split. */
  private static List<byte[]> packets(FramePort port, int count) {
    FrameBatch batch = new FrameBatch(18);
    List<byte[]> packets = new ArrayList<>();
    while (packets.size() < count) {
      receiveSome(port, batch);
      ByteArrayOutputStream packet = new ByteArrayOutputStream();
      for (int i = 0; i < batch.count(); i++) {
        packet.writeBytes(batch.frame(i).toArray(JAVA_BYTE));
        if (!batch.continued(i)) {
          packets.add(packet.toByteArray());
          packet.reset();
        }
      }
      assertEquals(0, packet.size(), "a packet is split");
      port.release(batch);
    }
    return packets;
  }

  @Test
  void packetsOfManyChunksComeWhole() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    Random random = new Random(3);
    int packets = 0;
    for (int round = 0; round < 40; round++) {
      List<byte[]> sent = new ArrayList<>();
      for (int i = 0; i < 5; i++) {
        int length = i == 0 ? 9000 : ETHERNET + random.nextInt(9000 - ETHERNET);
        sent.add(bytes(random, length));
        packet(a, sent.getLast(), 900 + random.nextInt(a.frameSize() - 900));
      }
      send(a, out);
      List<byte[]> got = packets(b, sent.size());
      for (int i = 0; i < sent.size(); i++) {
        assertArrayEquals(sent.get(i), got.get(i));
      }
      packets += sent.size();
    }
    assertEquals(packets, a.statistics().sent());
    assertEquals(packets, b.statistics().received());
    assertEquals(a.statistics().sentBytes(), b.statistics().receivedBytes());
  }

  @Test
  void headersAreStrippedAndPutInFront() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    a.reserve(out, 1);
    assertEquals(a.headroom(), out.headroom(0));
    byte[] bytes = bytes(new Random(4), 200);
    // First only the end is written, then its headers are put before it, to the first byte.
    out.length(0, 100);
    MemorySegment.copy(bytes, 100, out.frame(0), JAVA_BYTE, 0, 100);
    assertTrue(out.adjustHead(0, -100));
    MemorySegment.copy(bytes, 0, out.frame(0), JAVA_BYTE, 0, 100);
    assertTrue(out.adjustTail(0, 50));
    assertTrue(out.adjustTail(0, -50));
    assertTrue(out.adjustHead(0, -(a.headroom() - 100)));
    assertFalse(out.adjustHead(0, -1), "there is no more room");
    assertTrue(out.adjustHead(0, a.headroom() - 100));
    send(a, out);
    receiveSome(b, in);
    assertArrayEquals(bytes, in.frame(0).toArray(JAVA_BYTE));

    // And the receiver strips and extends what it got, in place, and sends it back.
    assertTrue(in.adjustHead(0, 50));
    assertTrue(in.adjustTail(0, -50));
    header(b, in, 0, TYPE);
    send(b, in);
    receiveSome(a, out);
    assertEquals(100, out.length(0));
    assertEquals(bytes[70], out.frame(0).get(JAVA_BYTE, 20));
    a.release(out);
  }

  @Test
  void aFrameThatFillsItsChunkIsNotStrippedIntoTheNext() throws Exception {
    FramePort a = open('a');
    a.reserve(out, 1);
    out.length(0, out.tailroom(0));
    assertFalse(out.adjustHead(0, out.length(0)), "the next byte belongs to another chunk");
    assertTrue(out.adjustHead(0, out.length(0) - 1));
    assertFalse(out.adjustHead(0, Integer.MIN_VALUE));
    a.release(out);
    assertEquals(0, a.report().census().missing());
  }

  // --- what is refused ---

  @Test
  void whatCannotBeSentIsDroppedAndCounted() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    numbered(a, out, 3, 0, 60);
    out.length(1, 0);
    assertEquals(3, a.send(out));
    a.flush();
    assertEquals(1, a.statistics().sendInvalid());

    packet(a, bytes(new Random(5), 9200), 1000);
    assertEquals(10, a.send(out), "longer than the interface takes");
    assertEquals(2, a.statistics().sendInvalid());

    numbered(a, out, 1, 0, 60);
    long right = out.address(0);
    for (long wrong : new long[] {-64, a.memory().byteSize(), Long.MAX_VALUE, Long.MIN_VALUE}) {
      out.words()[0] = wrong;
      long before = a.statistics().sendInvalid();
      assertEquals(1, a.send(out), "outside the memory");
      assertEquals(before + 1, a.statistics().sendInvalid());
      out.bind(a.memory(), a.chunkSize());
      out.add(right, 60, 0);
    }
    a.release(out);
    a.flush();
    numbered(a, out, 1, 2, 60);
    send(a, out);
    for (int expected : new int[] {0, 2, 2}) {
      FrameBatch one = new FrameBatch(18);
      if (in.isEmpty()) {
        receiveSome(b, in);
      }
      assertEquals(expected, number(b, in, 0));
      in.moveTo(one, 0);
      in.compact();
      b.release(one);
    }
    assertTrue(in.isEmpty());
    assertEquals(3, a.statistics().sent());
  }

  @Test
  void framesOfAnotherPortAreRefused() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    numbered(a, out, 2, 0, 60);
    assertThrows(IllegalArgumentException.class, () -> b.send(out));
    assertThrows(IllegalArgumentException.class, () -> b.release(out));
    assertThrows(IllegalArgumentException.class, () -> b.reserve(out, 1));
    assertEquals(2, out.count(), "they are still the holder's");
    a.release(out);
    assertEquals(0, b.statistics().sent() + b.statistics().sendInvalid());
  }

  @Test
  void onlyWhatMatchesIsReceived() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b', spec -> spec.matching(new Match.EtherType(0x88b6).or(Match.arp())));
    int[] types = {TYPE, 0x88b6, 0x88b7, 0x0806, TYPE};
    for (int round = 0; round < 4; round++) {
      for (int type : types) {
        int index = out.count();
        numbered(a, out, 1, type, 60);
        header(a, out, index, type);
      }
    }
    send(a, out);
    int got = 0;
    while (got < 8) {
      receiveSome(b, in);
      for (int i = 0; i < in.count(); i++) {
        assertEquals((got + i) % 2 == 0 ? 0x88b6 : 0x0806, number(b, in, i));
      }
      got += in.count();
      b.release(in);
    }
    assertEquals(8, got);
    assertEquals(0, b.statistics().receiveDropped());
  }

  /** Two matches in turn, of which both have the type of this test, and one has another too. */
  @Test
  void aMatchIsChangedBetweenTwoFrames() throws Exception {
    Match less = new Match.EtherType(TYPE);
    Match more = new Match.EtherType(OTHER).or(less);
    FramePort a = open('a');
    FramePort b = open('b');
    for (int round = 0; round < 20; round++) {
      boolean both = round % 2 == 1;
      b.match(both ? more : less);
      for (int i = 0; i < 20; i++) {
        numbered(a, out, 1, i, 60);
        header(a, out, i, i % 2 == 0 ? OTHER : TYPE);
      }
      send(a, out);
      int next = both ? 0 : 1;
      while (next < 20) {
        receiveSome(b, in);
        for (int i = 0; i < in.count(); i++) {
          assertEquals(next, number(b, in, i));
          next += both ? 1 : 2;
        }
        b.release(in);
      }
    }
    b.match(less);

    AtomicBoolean stop = new AtomicBoolean();
    AtomicLong changes = new AtomicLong();
    CompletableFuture<Void> end = new CompletableFuture<>();
    thread(
        "changing",
        end,
        () -> {
          while (!stop.get()) {
            b.match(changes.incrementAndGet() % 2 == 0 ? less : more);
          }
        });
    try {
      do {
        pump(a, b, 2000, 60);
      } while (changes.get() < 200 && !end.isDone());
    } finally {
      stop.set(true);
      get(end);
    }
    PortStatistics got = b.statistics();
    assertEquals(0, got.receiveDropped() + got.receiveInvalid());
    a.close();
    assertThrows(PortClosedException.class, () -> a.match(less));
  }

  @Test
  void aQueueThatIsTakenIsRefusedAndGoesOnWorking() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    pump(a, b, 100, 60);
    for (int tries = 0; tries < 3; tries++) {
      PortException refused = assertThrows(PortException.class, () -> open('b'));
      assertTrue(String.valueOf(refused.getMessage()).contains(ends.spec('b').name()));
    }
    pump(a, b, 100, 60);
  }

  @Test
  void optionsThatAreNotKnownAreRefused() {
    assertThrows(
        PortException.class, () -> open('a', spec -> spec.option(driver.name() + ".no", "1")));
    assertThrows(PortException.class, () -> open('a', spec -> spec.queues(77)));
  }

  @Test
  void aPortOfOneDirectionDoesNotGoTheOther() throws Exception {
    FramePort a = open('a', spec -> spec.only(Direction.SEND));
    FramePort b = open('b', spec -> spec.only(Direction.RECEIVE));
    pump(a, b, 1000, 60);
    assertThrows(IllegalStateException.class, () -> b.reserve(in, 1));
    assertThrows(IllegalStateException.class, b::flush);
    assertEquals(0, a.receive(in));
    assertFalse(a.await(1_000_000));
  }

  // --- running out ---

  @Test
  void whoSendsMoreThanFitsLosesNothingUncounted() throws Exception {
    FramePort a = open('a', spec -> spec.chunks(256).ring(64));
    FramePort b = open('b');
    FrameBatch many = new FrameBatch(256);
    int sent = 0;
    int first = 0;
    for (int round = 0; round < 20; round++) {
      first += numbered(a, many, 256, first, 60);
      int taken = a.send(many);
      sent += taken;
      for (int i = 0; i < many.count(); i++) {
        assertEquals(sent + i, number(a, many, i), "the rest stays in order");
      }
      a.release(many);
      first = sent;
    }
    a.flush();
    assertTrue(sent >= 64);
    int total = sent;
    AtomicLong got = new AtomicLong();
    int[] last = {-1};
    until(
        () -> {
          while (b.receive(in) > 0) {
            for (int i = 0; i < in.count(); i++) {
              assertTrue(number(b, in, i) > last[0], "in order");
              last[0] = number(b, in, i);
            }
            got.addAndGet(in.count());
            b.release(in);
          }
          return got.get() + b.statistics().receiveDropped() == total
              || (!ends.lossless() && a.report().census().sending() == 0);
        },
        "everything arrives or is counted");
    assertEquals(total, a.statistics().sent());
    assertEquals(got.get(), b.statistics().received());
  }

  @Test
  void aPortWithoutChunksGivesNoneAndGoesOnLater() throws Exception {
    FramePort a = open('a', FrameContract::small);
    FramePort b = open('b');
    FrameBatch all = new FrameBatch(64);
    int had = a.reserve(all, 64);
    assertTrue(had > 0 && had < 64, "some are for receiving");
    assertEquals(0, a.reserve(out, 1));
    assertTrue(out.isEmpty());
    a.release(all);
    pump(a, b, 1000, 60);
  }

  @Test
  void whoKeepsAllChunksStarvesItsPortOnlyMeanwhile() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b', FrameContract::small);
    FrameBatch own = new FrameBatch(64);
    FrameBatch kept = new FrameBatch(64);
    b.reserve(own, 64);
    keepAll(a, b, kept);
    long dropped = b.statistics().receiveDropped();
    numbered(a, out, 5, 0, 60);
    send(a, out);
    if (ends.lossless()) {
      until(() -> b.statistics().receiveDropped() == dropped + 5, "what has no chunk is counted");
    }
    assertEquals(0, b.receive(in));
    assertEquals(own.count() + kept.count(), b.report().census().held());
    b.release(kept);
    b.release(own);
    b.await(0);
    if (ends.patient()) {
      keptForLater(b, 5);
      assertEquals(dropped, b.statistics().receiveDropped());
    }
    pump(a, b, 1000, 60);
  }

  /** Receives what was kept for the port: frames of {@link #keepAll}, then so many from 0 on. */
  private void keptForLater(FramePort port, int frames) {
    int next = 0;
    while (next < frames) {
      receiveSome(port, in);
      for (int i = 0; i < in.count(); i++) {
        if (next > 0 || number(port, in, i) != FILLING) {
          assertEquals(next++, number(port, in, i));
        }
      }
      port.release(in);
    }
  }

  /** Sends until the receiver has kept every chunk that was there for receiving. */
  private void keepAll(FramePort a, FramePort b, FrameBatch kept) {
    long before = b.statistics().receiveDropped();
    FrameBatch got = new FrameBatch(64);
    until(
        () -> {
          numbered(a, out, 1, FILLING, 60);
          send(a, out);
          b.receive(got);
          for (int i = 0; i < got.count(); i++) {
            got.moveTo(kept, i);
          }
          got.clear();
          // Where nothing is lost, the port has run out when the holder has every chunk.
          return got.isEmpty()
              && (ends.patient()
                  ? b.report().census().held() == b.report().census().total()
                  : b.statistics().receiveDropped() > before);
        },
        "there is no chunk for what arrives");
  }

  /** Something for who waits without chunks: what is kept for it must do, where it is kept. */
  private void more(FramePort a) {
    if (!ends.patient()) {
      numbered(a, out, 1, 8, 60);
      send(a, out);
    }
  }

  private void last(FramePort a) {
    if (ends.patient()) {
      numbered(a, out, 1, 8, 60);
      send(a, out);
    }
  }

  @Test
  void whoWaitsWithoutChunksReceivesOnceTheyAreBack() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b', FrameContract::small);
    FrameBatch own = new FrameBatch(64);
    FrameBatch kept = new FrameBatch(64);
    b.reserve(own, 32);
    keepAll(a, b, kept);
    last(a);
    CompletableFuture<Void> end = new CompletableFuture<>();
    AtomicBoolean stop = new AtomicBoolean();
    FrameBatch got = new FrameBatch(64);
    thread(
        "waiting",
        end,
        () -> {
          while (!stop.get() && b.receive(got) == 0) {
            b.await(LONG);
          }
          b.release(got);
        });
    try {
      b.release(kept);
      until(
          () -> {
            more(a);
            return end.isDone();
          },
          "the waiting receiver gets something");
      get(end);
    } finally {
      stop.set(true);
      b.wake();
    }
    b.release(own);
  }

  @Test
  void chunksThatWereSentFeedWhoWaitsForOthers() throws Exception {
    FramePort a = open('a', FrameContract::small);
    FramePort b = open('b', FrameContract::small);
    FrameBatch kept = new FrameBatch(64);
    FrameBatch own = new FrameBatch(64);
    b.reserve(own, 64);
    keepAll(a, b, kept);
    last(a);
    // All are with the holder, who sends them: they come back by way of the completion ring.
    CompletableFuture<Void> end = new CompletableFuture<>();
    AtomicBoolean stop = new AtomicBoolean();
    FrameBatch got = new FrameBatch(64);
    thread(
        "waiting",
        end,
        () -> {
          while (!stop.get() && b.receive(got) == 0) {
            b.await(LONG);
          }
          b.release(got);
        });
    try {
      for (int i = 0; i < own.count(); i++) {
        own.length(i, 60);
        header(b, own, i, TYPE);
      }
      send(b, own);
      until(
          () -> {
            a.receive(in);
            a.release(in);
            if (!ends.patient()) {
              // What was sent is taken back by who wants chunks.
              b.reserve(own, 1);
              b.release(own);
            }
            more(a);
            return end.isDone();
          },
          "the waiting receiver gets something");
      get(end);
    } finally {
      stop.set(true);
      b.wake();
    }
    b.release(kept);
  }

  // --- threads ---

  @Test
  void anotherThreadMayGiveBack() throws Exception {
    FramePort a = open('a', FrameContract::small);
    FramePort b = open('b', FrameContract::small);
    for (int round = 0; round < 20; round++) {
      FrameBatch got = new FrameBatch(32);
      numbered(a, out, 20, 0, 60);
      send(a, out);
      int count = 0;
      List<FrameBatch> batches = new ArrayList<>();
      while (count < 20) {
        receiveSome(b, got);
        count += got.count();
        batches.add(got);
        got = new FrameBatch(32);
      }
      CompletableFuture<Void> end = new CompletableFuture<>();
      thread("giving back", end, () -> batches.forEach(b::release));
      get(end);
    }
    pump(a, b, 1000, 60);
  }

  @Test
  void everySideHasAThreadOfItsOwn() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    int frames = 50_000;
    AtomicLong returned = new AtomicLong();
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> sender = new CompletableFuture<>();
    CompletableFuture<Void> echo = new CompletableFuture<>();
    CompletableFuture<Void> receiver = new CompletableFuture<>();
    FrameBatch sent = new FrameBatch(WINDOW);
    FrameBatch echoed = new FrameBatch(WINDOW);
    FrameBatch got = new FrameBatch(WINDOW);
    thread(
        "sending",
        sender,
        () -> {
          for (int next = 0; next < frames && !stop.get(); ) {
            int room = (int) Math.min(WINDOW - (next - returned.get()), frames - next);
            if (room > 0) {
              next += numbered(a, sent, room, next, 60);
              send(a, sent);
            } else {
              Thread.onSpinWait();
            }
          }
        });
    thread(
        "echo",
        echo,
        () -> {
          while (!stop.get()) {
            if (b.receive(echoed) > 0) {
              send(b, echoed);
            } else {
              b.await(1_000_000);
            }
          }
        });
    thread(
        "receiving",
        receiver,
        () -> {
          while (returned.get() < frames && !stop.get()) {
            if (a.receive(got) == 0) {
              a.await(1_000_000);
            }
            for (int i = 0; i < got.count(); i++) {
              if (number(a, got, i) != returned.get() + i) {
                throw new AssertionError(number(a, got, i) + " came as " + (returned.get() + i));
              }
            }
            int count = got.count();
            a.release(got);
            returned.addAndGet(count);
          }
        });
    try {
      CompletableFuture.anyOf(
              receiver, sender.thenCompose(_ -> receiver), echo.thenCompose(_ -> receiver))
          .get(120, TimeUnit.SECONDS);
    } finally {
      stop.set(true);
      get(sender);
      get(echo);
      get(receiver);
    }
    assertEquals(frames, a.statistics().sent());
    assertEquals(frames, a.statistics().received());
    assertEquals(frames, b.statistics().sent());
    assertEquals(frames, b.statistics().received());
  }

  @Test
  void aSecondThreadOnOneSideIsRefused() throws Exception {
    FramePort b = open('b');
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> end = new CompletableFuture<>();
    thread(
        "waiting",
        end,
        () -> {
          while (!stop.get()) {
            try {
              b.await(LONG);
            } catch (PortClosedException e) {
              throw e;
            } catch (IllegalStateException e) {
              // The other thread was inside just now.
            }
          }
        });
    until(
        () -> {
          try {
            b.receive(in);
            return false;
          } catch (PortClosedException e) {
            throw e;
          } catch (IllegalStateException e) {
            return String.valueOf(e.getMessage()).contains("two threads");
          }
        },
        "the second thread is refused");
    assertEquals(1, b.reserve(in, 1), "the other side is free");
    b.release(in);
    stop.set(true);
    b.wake();
    get(end);
  }

  @Test
  void numbersCanBeReadMeanwhile() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    AtomicBoolean stop = new AtomicBoolean();
    CompletableFuture<Void> end = new CompletableFuture<>();
    AtomicLong reads = new AtomicLong();
    thread(
        "reading",
        end,
        () -> {
          long received = 0;
          while (!stop.get()) {
            PortStatistics now = b.statistics();
            assertTrue(now.received() >= received, "numbers only rise");
            received = now.received();
            assertEquals("up", b.report().state());
            a.report();
            a.statistics();
            reads.incrementAndGet();
          }
        });
    do {
      pump(a, b, 5000, 60);
    } while (reads.get() < 20 && !end.isDone());
    stop.set(true);
    get(end);
  }

  // --- waiting ---

  @Test
  void aWaitEndsByTime() throws Exception {
    FramePort b = open('b');
    for (long nanos : new long[] {0, 1, 1_000_000, 20_000_000}) {
      assertFalse(b.await(nanos));
    }
  }

  @Test
  void aWaitEndsByBeingWokenBeforeAndMeanwhile() throws Exception {
    FramePort b = open('b');
    b.wake();
    assertFalse(b.await(LONG), "woken before");
    for (long nanos : new long[] {LONG, Long.MAX_VALUE}) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      CountDownLatch begun = new CountDownLatch(1);
      thread(
          "waiting",
          end,
          () -> {
            begun.countDown();
            assertFalse(b.await(nanos));
          });
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      Thread.sleep(20);
      assertFalse(end.isDone(), "it waits");
      b.wake();
      get(end);
    }
    assertFalse(b.await(1), "one wake is for one wait");
  }

  @Test
  void aWaitEndsByAnArrival() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    for (int round = 0; round < 50; round++) {
      CompletableFuture<Void> end = new CompletableFuture<>();
      CountDownLatch begun = new CountDownLatch(1);
      thread(
          "waiting",
          end,
          () -> {
            begun.countDown();
            assertTrue(b.await(LONG));
          });
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      numbered(a, out, 1, 0, 60);
      send(a, out);
      get(end);
      assertTrue(b.await(LONG), "it is still there");
      assertEquals(1, b.receive(in));
      b.release(in);
    }
  }

  // --- the end ---

  @Test
  void whoIsInsideIsWaitedForAndThenTold() throws Exception {
    for (String what : List.of("await", "receive", "send", "await and receive")) {
      FramePort a = open('a');
      FramePort b = open('b');
      CompletableFuture<Void> end = new CompletableFuture<>();
      CountDownLatch begun = new CountDownLatch(100);
      FrameBatch batch = new FrameBatch(WINDOW);
      thread(
          "working",
          end,
          () -> {
            while (true) {
              begun.countDown();
              switch (what) {
                case "await" -> {
                  begun.countDown();
                  for (long i = begun.getCount(); i > 0; i--) {
                    begun.countDown();
                  }
                  b.await(LONG);
                }
                case "receive" -> {
                  b.receive(batch);
                  b.release(batch);
                }
                case "send" -> {
                  numbered(b, batch, 32, 0, 60);
                  b.send(batch);
                  b.flush();
                  b.release(batch);
                }
                default -> {
                  b.await(begun.getCount() > 0 ? 1 : LONG);
                  b.receive(batch);
                  b.release(batch);
                }
              }
            }
          });
      assertTrue(begun.await(60, TimeUnit.SECONDS));
      CompletableFuture<Void> closed = new CompletableFuture<>();
      thread("closing", closed, b::close);
      get(closed);
      Exception told = assertThrows(Exception.class, () -> get(end));
      assertTrue(told.getCause() instanceof PortClosedException, () -> what + ": " + told);
      a.close();
    }
  }

  @Test
  void afterCloseOnlyTidyingUpIsLeft() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    pump(a, b, 10, 60);
    numbered(a, out, 3, 0, 60);
    MemorySegment frame = out.frame(0);
    FrameBatch empty = new FrameBatch(18);
    a.close();
    a.close();
    assertThrows(PortClosedException.class, () -> a.receive(empty));
    assertThrows(PortClosedException.class, () -> a.await(1));
    assertThrows(PortClosedException.class, () -> a.reserve(empty, 1));
    assertThrows(PortClosedException.class, () -> a.send(out));
    assertThrows(PortClosedException.class, a::flush);
    assertThrows(PortClosedException.class, a::report);
    assertThrows(IllegalStateException.class, () -> frame.get(JAVA_BYTE, 0));
    assertEquals(10, a.statistics().sent());
    a.wake();
    assertEquals(3, out.count());
    a.release(out);
    assertTrue(out.isEmpty());
  }

  @Test
  void whereOnePortWasAnotherCanBe() throws Exception {
    for (int round = 0; round < 5; round++) {
      FramePort a = open('a');
      FramePort b = open('b');
      pump(a, b, 100, 60);
      numbered(a, out, 3, 0, 60);
      a.close();
      FramePort again = open('a');
      assertThrows(IllegalArgumentException.class, () -> again.release(out));
      assertThrows(IllegalArgumentException.class, () -> again.send(out));
      out.clear();
      pump(again, b, 100, 60);
      again.close();
      b.close();
    }
  }

  @Test
  void twoThatCloseAtOnceBothFindItClosed() throws Exception {
    for (int round = 0; round < 5; round++) {
      FramePort b = open('b');
      CompletableFuture<Void> one = new CompletableFuture<>();
      CompletableFuture<Void> two = new CompletableFuture<>();
      Work work =
          () -> {
            b.close();
            assertThrows(IllegalStateException.class, () -> b.memory().get(JAVA_BYTE, 0));
          };
      thread("closing", one, work);
      thread("closing too", two, work);
      get(one);
      get(two);
    }
  }

  @Test
  void aDriverThatStopsClosesItsPorts() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    pump(a, b, 100, 60);
    CompletableFuture<Void> end = new CompletableFuture<>();
    thread(
        "waiting",
        end,
        () -> {
          while (true) {
            b.await(LONG);
          }
        });
    ends.deactivate(driver);
    assertThrows(PortClosedException.class, () -> a.send(out));
    assertThrows(PortClosedException.class, () -> b.receive(in));
    Exception told = assertThrows(Exception.class, () -> get(end));
    assertTrue(told.getCause() instanceof PortClosedException);
    assertThrows(PortException.class, () -> open('a'));
    driver = ends.driver();
    pump(open('a'), open('b'), 100, 60);
  }

  // --- cost ---

  @Test
  void movingFramesAllocatesNothing() throws Exception {
    FramePort a = open('a');
    FramePort b = open('b');
    ThreadMXBean bean = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    pump(a, b, 60_000, 60);
    long allocated = -1;
    // Calls into the kernel allocate until they are compiled to the end, which is not looked for.
    for (int round = 0; round < 40 && allocated != 0; round++) {
      long before = bean.getCurrentThreadAllocatedBytes();
      long again = bean.getCurrentThreadAllocatedBytes();
      pump(a, b, 100_000, 60);
      allocated = bean.getCurrentThreadAllocatedBytes() - again - (again - before);
    }
    assertEquals(0, allocated);
  }
}
