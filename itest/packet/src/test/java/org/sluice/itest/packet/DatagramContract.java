// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.DatagramPort;
import org.sluice.packet.api.DatagramSpec;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Membership;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortStatistics;

/** What every {@link DatagramPort} promises, whoever moves the datagrams. */
abstract class DatagramContract {
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);
  private static final long TICK = TimeUnit.MILLISECONDS.toNanos(50);
  private static final int INT = Integer.BYTES;

  private PortDriver driver;
  private final List<AutoCloseable> opened = new ArrayList<>();

  abstract PortDriver newDriver() throws Exception;

  abstract void stop(PortDriver driver) throws Exception;

  /** The first word of its option keys. */
  abstract String name();

  /** The first word of the keys of the options that every such port has. */
  String options() {
    return name();
  }

  /** Does something where the ports are. */
  <T> T home(Callable<T> work) throws Exception {
    return work.call();
  }

  /** Does something where their peers are. */
  <T> T away(Callable<T> work) throws Exception {
    return work.call();
  }

  /** The address of the ports that is meant by one of the loopback. */
  String homeAddress(String loopback) {
    return loopback;
  }

  /** The address of the peers that is meant by one of the loopback. */
  String awayAddress(String loopback) {
    return loopback;
  }

  /** How many datagrams were given up, since the link is gone. */
  long notSent(DatagramPort port) {
    return port.statistics().sendDropped() + port.statistics().sendInvalid();
  }

  /** Whether long datagrams and short ones come in the order in which they were sent. */
  boolean inOrder() {
    return true;
  }

  /** A wire between two networks. */
  Wire laid() throws Exception {
    return new Wire();
  }

  /** Makes a specification fit where it is opened. */
  DatagramSpec fitting(DatagramSpec spec) throws Exception {
    return spec;
  }

  /** A second port where the first one is, by whoever can have two. */
  DatagramPort beside(DatagramSpec spec) throws Exception {
    return open(spec);
  }

  /** A port where the peers are. */
  DatagramPort opposite(int receiveBuffer) throws Exception {
    return open(DatagramSpec.at(loopback("127.0.0.1", 0)).receiveBuffer(receiveBuffer));
  }

  /** The longest payload that has room where one was received. */
  int room(DatagramPort port, int room) {
    return port.payloadSize();
  }

  /** In which words a report says that something is wrong with the link. */
  String state(String words) {
    return words;
  }

  /** For the end of the test. */
  final <C extends AutoCloseable> C later(C each) {
    synchronized (opened) {
      opened.add(each);
    }
    return each;
  }

  final PortDriver driver() {
    return driver;
  }

  @BeforeEach
  void start() throws Exception {
    driver = newDriver();
  }

  @AfterEach
  void end() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
    stop(driver);
  }

  @Test
  void whatArrivesIsReceivedInOrderWithItsSender() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).receiveBuffer(1 << 22));
    DatagramChannel peer = peer("127.0.0.1");
    for (int i = 0; i < 500; i++) {
      peer.send(number(i, 20 + i), port.local());
    }
    DatagramBatch batch = new DatagramBatch(64);
    int next = 0;
    while (next < 500) {
      gather(port, batch);
      for (int i = 0; i < batch.count(); i++) {
        assertEquals(next, first(batch, i));
        assertEquals(20 + next, batch.length(i));
        assertEquals(peer.getLocalAddress(), batch.remote(i));
        assertEquals(port.local(), batch.local(i));
        assertTrue(batch.remoteFour(i));
        assertEquals(room(port, batch.room(i)), batch.room(i));
        assertTrue(batch.room(i) >= batch.length(i));
        assertEquals(batch.length(i), batch.payload(i).byteSize());
        next++;
      }
      port.release(batch);
      assertTrue(batch.isEmpty());
    }
    assertAtRest(port, 0);
    PortStatistics statistics = port.statistics();
    assertEquals(500, statistics.received());
    assertEquals(500L * 20 + 499 * 500 / 2, statistics.receivedBytes());
    assertEquals(0, statistics.receiveDropped());
  }

  @Test
  void nothingToReceiveIsNoFailure() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramBatch batch = new DatagramBatch(8);
    assertEquals(0, port.receive(batch));
    assertFalse(port.await(0));
    assertFalse(port.await(1_000_000));
    assertEquals(0, port.receive(batch));
    assertEquals(0, port.send(batch));
    port.flush();
    port.release(batch);
    assertAtRest(port, 0);
  }

  @Test
  void aBatchIsFilledAndTheRestStaysWithTheKernel() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramChannel peer = peer("127.0.0.1");
    for (int i = 0; i < 100; i++) {
      peer.send(number(i, 8), port.local());
    }
    DatagramBatch small = new DatagramBatch(7);
    int next = 0;
    while (next < 100) {
      gather(port, small);
      assertTrue(small.count() <= 7);
      for (int i = 0; i < small.count(); i++) {
        assertEquals(next++, first(small, i));
      }
      port.release(small);
    }
    for (int i = 0; i < 100; i++) {
      peer.send(number(i, 8), port.local());
    }
    DatagramBatch large = new DatagramBatch(100);
    next = 0;
    while (next < 100) {
      gather(port, large);
      next += large.count();
      port.release(large);
    }
    assertEquals(100, next);
    assertAtRest(port, 0);
  }

  @Test
  void whoHoldsEverythingStarvesThePortUntilItGivesBack() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 2048));
    DatagramChannel peer = peer("127.0.0.1");
    for (int i = 0; i < 100; i++) {
      peer.send(number(i, 8), port.local());
    }
    DatagramBatch held = new DatagramBatch(64);
    List<DatagramBatch> all = new ArrayList<>();
    int count = 0;
    long end = System.nanoTime() + PATIENCE;
    while (count < 64 && System.nanoTime() < end) {
      int came = port.receive(held);
      if (came > 0) {
        assertEquals(count, first(held, 0));
        count += came;
        all.add(held);
        held = new DatagramBatch(64);
      }
    }
    assertEquals(64, count);
    assertEquals(0, port.receive(held));
    assertEquals(64, port.report().census().held());
    assertEquals(0, port.reserve(new DatagramBatch(4), 4));
    for (DatagramBatch batch : all) {
      port.release(batch);
    }
    int rest = 0;
    while (rest + count < 100) {
      gather(port, held);
      assertEquals(count + rest, first(held, 0));
      rest += held.count();
      port.release(held);
    }
    assertAtRest(port, 0);
  }

  @Test
  void whatIsWrittenIsSent() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramChannel peer = peer("127.0.0.1");
    DatagramBatch batch = new DatagramBatch(200);
    assertEquals(200, port.reserve(batch, 200));
    assertEquals(200, port.report().census().held());
    for (int i = 0; i < 200; i++) {
      write(batch, i, i, 10 + i % 5, local(peer));
    }
    assertEquals(200, port.send(batch));
    assertTrue(batch.isEmpty());
    port.flush();
    for (int i = 0; i < 200; i++) {
      ByteBuffer got = take(peer);
      assertEquals(i, got.getInt(0));
      assertEquals(10 + i % 5, got.limit());
    }
    assertAtRest(port, 0);
    assertEquals(200, port.statistics().sent());
    assertEquals(200L * 12, port.statistics().sentBytes());
  }

  @Test
  void runsOfOneLengthArriveOneByOne() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramChannel one = peer("127.0.0.1");
    DatagramChannel two = peer("127.0.0.1");
    DatagramBatch batch = new DatagramBatch(150);
    port.reserve(batch, 150);
    for (int i = 0; i < 150; i++) {
      // a run, a shorter end, another run, then turns
      int length = i == 40 ? 50 : i == 41 ? 0 : 100;
      write(batch, i, i, length, local(i > 100 && i % 2 == 0 ? two : one));
    }
    assertEquals(150, port.send(batch));
    port.flush();
    for (int i = 0; i < 150; i++) {
      ByteBuffer got = take(i > 100 && i % 2 == 0 ? two : one);
      assertEquals(i == 40 ? 50 : i == 41 ? 0 : 100, got.limit());
      if (i != 41) {
        assertEquals(i, got.getInt(0));
      }
    }
    assertEquals(150, port.statistics().sent());
    assertAtRest(port, 0);
  }

  @Test
  void anAnswerLeavesFromTheAddressThatWasAsked() throws Exception {
    DatagramPort four = open(DatagramSpec.at(loopback("0.0.0.0", 0)));
    echoes(four, "127.0.0.1", "127.0.0.2");
    echoes(four, "127.0.0.3", "127.0.0.3");
    assertAtRest(four, 0);
    four.close();
    DatagramPort six = open(DatagramSpec.at(loopback("::", 0)));
    echoes(six, "127.0.0.1", "127.0.0.7");
    echoes(six, "::1", "::1");
    assertAtRest(six, 0);
  }

  @Test
  void aSenderCanBeChosen() throws Exception {
    for (String any : List.of("0.0.0.0", "::")) {
      DatagramPort port = open(DatagramSpec.at(loopback(any, 0)));
      DatagramChannel peer = peer("127.0.0.1");
      DatagramBatch batch = new DatagramBatch(2);
      port.reserve(batch, 2);
      write(batch, 0, 1, 8, local(peer));
      batch.local(0, 0, mapped(homeAddress("127.0.0.9")), 0);
      write(batch, 1, 2, 8, local(peer));
      assertEquals(2, port.send(batch));
      port.flush();
      assertEquals(homeAddress("127.0.0.9"), from(peer).getAddress().getHostAddress());
      assertEquals(homeAddress("127.0.0.1"), from(peer).getAddress().getHostAddress());
      port.close();
    }
  }

  @Test
  void aSocketOfBothFamiliesHearsBothUnlessItIsToldNotTo() throws Exception {
    DatagramPort both = open(DatagramSpec.at(loopback("::", 0)));
    DatagramChannel peer = peer("127.0.0.1");
    peer.send(number(4, 8), loopback("127.0.0.1", both.local().getPort()));
    DatagramBatch batch = new DatagramBatch(4);
    gather(both, batch);
    assertTrue(batch.remoteFour(0));
    assertEquals(peer.getLocalAddress(), batch.remote(0));
    both.release(batch);
    both.close();

    DatagramPort only = open(DatagramSpec.at(loopback("::", 0)).withoutIpv4());
    DatagramPort beside = beside(DatagramSpec.at(loopback("0.0.0.0", only.local().getPort())));
    peer.send(number(5, 8), loopback("127.0.0.1", only.local().getPort()));
    gather(beside, batch);
    assertEquals(5, first(batch, 0));
    beside.release(batch);
    assertEquals(0, only.receive(batch));
  }

  @Test
  void whatCanNeverBeSentIsCountedAndTheRestGoesOn() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 1 << 16));
    DatagramChannel peer = peer("127.0.0.1");
    DatagramBatch batch = new DatagramBatch(8);
    port.reserve(batch, 8);
    write(batch, 0, 0, 8, local(peer));
    batch.length(1, 8);
    write(batch, 2, 1, 8, local(peer));
    write(batch, 3, 99, 8, loopback("::1", 9));
    write(batch, 4, 99, 8, loopback("127.0.0.1", 0));
    write(batch, 5, 99, Math.min(65_508, port.payloadSize()), local(peer));
    if (port.payloadSize() < 65_508) {
      batch.remote(5, 0, 0, 9);
    }
    write(batch, 6, 99, 8, local(peer));
    batch.local(6, 0, 0xffff_c000_0201L, 0);
    write(batch, 7, 2, 8, local(peer));
    assertEquals(8, port.send(batch));
    port.flush();
    for (int i = 0; i < 3; i++) {
      assertEquals(i, take(peer).getInt(0));
    }
    settled(() -> port.statistics().sent() == 3);
    PortStatistics statistics = port.statistics();
    assertEquals(5, statistics.sendInvalid() + statistics.sendDropped(), statistics.toString());
    assertAtRest(port, 0);
  }

  @Test
  void whatLiesOutsideIsRefusedAndStays() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 2048));
    DatagramBatch batch = new DatagramBatch(4);
    port.reserve(batch, 1);
    batch.add(64 * 2048L, 8, 2048);
    assertThrows(IndexOutOfBoundsException.class, () -> port.send(batch));
    assertEquals(2, batch.count());
    batch.clear();
    batch.add(0, 2049, 4096);
    assertThrows(IndexOutOfBoundsException.class, () -> port.send(batch));
    DatagramPort other = beside(DatagramSpec.at(loopback("127.0.0.1", 0)));
    assertThrows(IllegalArgumentException.class, () -> other.release(batch));
  }

  @Test
  void emptyDatagramsTravel() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    DatagramChannel peer = peer("127.0.0.1");
    peer.send(ByteBuffer.allocate(0), port.local());
    DatagramBatch batch = new DatagramBatch(4);
    gather(port, batch);
    assertEquals(0, batch.length(0));
    assertEquals(peer.getLocalAddress(), batch.remote(0));
    assertEquals(1, port.send(batch));
    port.flush();
    assertEquals(0, take(peer).limit());
    assertAtRest(port, 0);
  }

  @Test
  void whatIsTooLongIsDroppedAndCounted() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 2048));
    DatagramChannel peer = peer("127.0.0.1");
    for (int round = 0; round < 100; round++) {
      peer.send(number(1, port.payloadSize()), port.local());
      peer.send(number(2, port.payloadSize() + 1), port.local());
      peer.send(number(3, 60_000), port.local());
      peer.send(number(4, 8), port.local());
      DatagramBatch batch = new DatagramBatch(8);
      List<Integer> got = new ArrayList<>();
      while (got.size() < 2) {
        gather(port, batch);
        for (int i = 0; i < batch.count(); i++) {
          got.add(first(batch, i));
        }
        port.release(batch);
      }
      assertEquals(List.of(1, 4), inOrder() ? got : got.stream().sorted().toList());
    }
    assertEquals(200, port.statistics().receiveInvalid());
    assertEquals(200, port.statistics().received());
    assertAtRest(port, 0);
  }

  @Test
  void longDatagramsTravel() throws Exception {
    DatagramPort port =
        open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(64, 16_384).receiveBuffer(1 << 22));
    DatagramChannel peer = peer("127.0.0.1");
    for (int wanted : List.of(1472, 1473, 9000, port.payloadSize())) {
      int length = Math.min(wanted, port.payloadSize());
      ByteBuffer sent = number(7, length);
      for (int i = 4; i < length; i++) {
        sent.put(i, (byte) (i * 31));
      }
      peer.send(sent.duplicate(), port.local());
      DatagramBatch batch = new DatagramBatch(4);
      gather(port, batch);
      assertEquals(length, batch.length(0));
      assertEquals(1, port.send(batch));
      port.flush();
      assertEquals(sent, take(peer));
    }
  }

  @Test
  void everyDatagramOfAFloodIsCountedOnce() throws Exception {
    DatagramPort port =
        open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(256, 2048).receiveBuffer(20_000));
    int flood = 60_000;
    CompletableFuture<Integer> sender =
        background(
            () -> {
              DatagramChannel peer = peer("127.0.0.1");
              ByteBuffer data = number(1, 100);
              int count = 0;
              while (count < flood) {
                count += peer.send(data.duplicate(), port.local()) == 100 ? 1 : 0;
              }
              return count;
            });
    DatagramBatch batch = new DatagramBatch(32);
    long seen = 0;
    long end = System.nanoTime() + PATIENCE;
    while (System.nanoTime() < end) {
      int came = port.receive(batch);
      seen += came;
      port.release(batch);
      if (came == 0 && sender.isDone() && seen + port.statistics().receiveDropped() == flood) {
        break;
      }
    }
    assertEquals(flood, sender.get());
    PortStatistics statistics = port.statistics();
    assertEquals(seen, statistics.received());
    assertEquals(flood, statistics.received() + statistics.receiveDropped());
    assertEquals(statistics.received() * 100, statistics.receivedBytes());
    assertAtRest(port, 0);
  }

  @Test
  void wakingEndsTheWaitThatRunsOrTheNextOne() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    port.wake();
    assertFalse(port.await(PATIENCE));
    CompletableFuture<Boolean> waiting = background(() -> port.await(Long.MAX_VALUE));
    Thread.sleep(20);
    port.wake();
    assertFalse(waiting.get(60, TimeUnit.SECONDS));
    CompletableFuture<Boolean> hearing = background(() -> port.await(PATIENCE));
    peer("127.0.0.1").send(number(1, 8), port.local());
    assertTrue(hearing.get(60, TimeUnit.SECONDS));
    DatagramBatch batch = new DatagramBatch(2);
    gather(port, batch);
    port.release(batch);
  }

  @Test
  void closingEndsEverything() throws Exception {
    for (int round = 0; round < 20; round++) {
      DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
      DatagramBatch held = new DatagramBatch(4);
      port.reserve(held, 4);
      MemorySegment view = port.memory();
      CompletableFuture<Throwable> receiver =
          background(
              () -> {
                DatagramBatch batch = new DatagramBatch(8);
                try {
                  while (true) {
                    port.await(PATIENCE);
                    port.receive(batch);
                    port.release(batch);
                  }
                } catch (IllegalStateException e) {
                  return e;
                }
              });
      Thread.sleep(round);
      port.close();
      port.close();
      assertInstanceOf(PortClosedException.class, receiver.get(60, TimeUnit.SECONDS));
      DatagramBatch batch = new DatagramBatch(8);
      assertThrows(PortClosedException.class, () -> port.receive(batch));
      assertThrows(PortClosedException.class, () -> port.reserve(batch, 1));
      assertThrows(PortClosedException.class, () -> port.send(held));
      assertThrows(PortClosedException.class, () -> port.release(held));
      assertThrows(PortClosedException.class, () -> port.await(0));
      assertThrows(PortClosedException.class, port::wake);
      assertThrows(PortClosedException.class, port::flush);
      assertThrows(PortClosedException.class, port::report);
      assertThrows(PortClosedException.class, port::statistics);
      assertThrows(IllegalStateException.class, () -> view.set(ValueLayout.JAVA_BYTE, 0, (byte) 1));
    }
  }

  @Test
  void twoThreadsOnOneSideAreRefused() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Boolean> waiting =
        background(
            () -> {
              // Whichever of the two comes second is refused; this one comes again.
              while (!over.get()) {
                try {
                  port.await(PATIENCE);
                } catch (IllegalStateException e) {
                  Thread.onSpinWait();
                }
              }
              return true;
            });
    DatagramBatch batch = new DatagramBatch(2);
    long end = System.nanoTime() + PATIENCE;
    IllegalStateException refused = null;
    while (refused == null && System.nanoTime() < end) {
      try {
        port.receive(batch);
      } catch (IllegalStateException e) {
        refused = e;
      }
      Thread.sleep(1);
    }
    assertTrue(String.valueOf(refused).contains("two threads"), String.valueOf(refused));
    over.set(true);
    // The other side is free.
    assertEquals(1, port.reserve(batch, 1));
    port.release(batch);
    while (!waiting.isDone()) {
      port.wake();
      Thread.sleep(1);
    }
  }

  @Test
  void nothingIsLeftAfterClosing() throws Exception {
    open(DatagramSpec.at(loopback("127.0.0.1", 0))).close();
    long before = descriptors();
    int port = 0;
    for (int i = 0; i < 20; i++) {
      DatagramPort again = attempt(DatagramSpec.at(loopback("127.0.0.1", port)));
      port = again.local().getPort();
      DatagramBatch batch = new DatagramBatch(4);
      peer("127.0.0.1", p -> p.send(number(1, 8), again.local()));
      gather(again, batch);
      again.close();
    }
    assertThrows(PortException.class, () -> attempt(DatagramSpec.at(loopback("192.0.2.1", 0))));
    assertThrows(
        PortException.class,
        () -> attempt(DatagramSpec.at(loopback("127.0.0.1", 0)).on("nosuch0")));
    assertEquals(before, descriptors());
  }

  @Test
  void aPortInUseIsToldWithAdvice() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    PortException e =
        assertThrows(PortException.class, () -> attempt(DatagramSpec.at(port.local())));
    assertSays("EADDRINUSE", e);
    assertSays("ss -ulpn", e);
  }

  @Test
  void optionsAreChecked() throws Exception {
    DatagramSpec spec = DatagramSpec.at(loopback("127.0.0.1", 0));
    PortException unknown =
        assertThrows(
            PortException.class, () -> attempt(spec.option(options() + ".sendBufer", "1")));
    assertSays(options() + ".sendBuffer", unknown);
    PortException wrong =
        assertThrows(
            PortException.class, () -> attempt(spec.option(options() + ".multicastTtl", "256")));
    assertSays("from 0 to 255", wrong);
    assertThrows(PortException.class, () -> attempt(spec.option(options() + ".broadcast", "yes")));
    assertFalse(probe(spec.option(options() + ".sendBufer", "1")).works());
    open(spec.option("nobody.knows", "this").option(options() + ".sendBuffer", "100000"));
  }

  @Test
  void aProbeTellsWhatWorks() throws Exception {
    DatagramSpec spec = DatagramSpec.at(loopback("127.0.0.1", 0)).receiveBuffer(1 << 20);
    PortProbe good = probe(spec);
    assertTrue(good.works(), good.toString());
    assertEquals(name(), good.driver());
    assertFalse(probe(DatagramSpec.at(loopback("192.0.2.1", 0))).works());
    assertFalse(driver.probe(FrameSpec.on("lo")).works());
    assertThrows(PortException.class, () -> driver.open(FrameSpec.on("lo")));
  }

  @Test
  void whenTheDriverStopsItsPortsAreClosed() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)));
    stop(driver);
    assertThrows(PortClosedException.class, () -> port.receive(new DatagramBatch(1)));
    assertThrows(PortException.class, () -> attempt(DatagramSpec.at(loopback("127.0.0.1", 0))));
  }

  @Test
  void chunksCanBeGivenBackByAnyThreadAndWithGaps() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("127.0.0.1", 0)).chunks(128, 2048));
    DatagramChannel peer = peer("127.0.0.1");
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 10; i++) {
        peer.send(number(i, 8), port.local());
      }
      DatagramBatch batch = new DatagramBatch(10);
      DatagramBatch odd = new DatagramBatch(10);
      int got = 0;
      while (got < 10) {
        gather(port, batch);
        got += batch.count();
        for (int i = 0; i < batch.count(); i++) {
          if (first(batch, i) % 2 == 1) {
            batch.moveTo(odd, i);
          }
        }
        background(
                () -> {
                  port.release(batch);
                  return 0;
                })
            .get(60, TimeUnit.SECONDS);
      }
      assertEquals(5, odd.count());
      assertEquals(5, port.report().census().held());
      port.release(odd);
      assertAtRest(port, 0);
    }
  }

  @Test
  void membersAreChosenByBytesOfThePayload() throws Exception {
    DatagramSpec.Steering steering = new DatagramSpec.Steering(3, 4);
    DatagramSpec spec = DatagramSpec.at(loopback("127.0.0.1", 0));
    DatagramPort two = open(spec.member(2, steering));
    DatagramSpec same = DatagramSpec.at(two.local());
    DatagramPort zero = open(same.member(0, steering));
    DatagramPort one = open(same.member(1, steering));
    PortException taken =
        assertThrows(PortException.class, () -> attempt(same.member(1, steering)));
    assertSays("member 1", taken);
    steered(List.of(zero, one, two), two.local());
    // Who goes and comes back is found again, whatever places the kernel gave to the others.
    two.close();
    DatagramPort again = open(same.member(2, steering));
    steered(List.of(zero, one, again), zero.local());
    zero.close();
    steered(List.of(open(same.member(0, steering)), one, again), one.local());
  }

  @Test
  void theKernelChoosesAmongMembersThatDoNotSay() throws Exception {
    DatagramSpec.Steering steering = new DatagramSpec.Steering(2, -1);
    DatagramPort one =
        open(DatagramSpec.at(loopback("127.0.0.1", 0)).member(0, steering).receiveBuffer(1 << 22));
    DatagramPort two =
        open(DatagramSpec.at(one.local()).member(1, steering).receiveBuffer(1 << 22));
    int sent = 0;
    for (int i = 0; i < 100; i++) {
      peer("127.0.0.1", p -> p.send(number(1, 8), one.local()));
      sent++;
    }
    DatagramBatch batch = new DatagramBatch(64);
    long end = System.nanoTime() + PATIENCE;
    while (one.statistics().received() + two.statistics().received() < sent
        && System.nanoTime() < end) {
      one.receive(batch);
      one.release(batch);
      two.receive(batch);
      two.release(batch);
    }
    assertEquals(sent, one.statistics().received() + two.statistics().received());
    assertTrue(one.statistics().received() > 0 && two.statistics().received() > 0);
  }

  @Test
  void theHotPathAllocatesNothing() throws Exception {
    DatagramPort port = open(DatagramSpec.at(loopback("0.0.0.0", 0)).receiveBuffer(1 << 22));
    DatagramPort peer = opposite(1 << 22);
    DatagramBatch requests = new DatagramBatch(32);
    DatagramBatch answers = new DatagramBatch(32);
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long high = 0;
    long low = mapped(homeAddress("127.0.0.1"));
    int to = port.local().getPort();
    echo(port, peer, requests, answers, high, low, to, 60_000);
    long least = Long.MAX_VALUE;
    // Calls into the kernel allocate until they are compiled to the end, which is not looked for.
    for (int round = 0; round < 40 && least >= 1000; round++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      echo(port, peer, requests, answers, high, low, to, 100_000);
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1000, least + " bytes for 100000 datagrams and answers");
  }

  private static void echo(
      DatagramPort port,
      DatagramPort peer,
      DatagramBatch requests,
      DatagramBatch answers,
      long high,
      long low,
      int to,
      int count) {
    int done = 0;
    while (done < count) {
      int reserved = peer.reserve(requests, 32);
      for (int i = 0; i < reserved; i++) {
        requests.remote(i, high, low, to);
        requests.length(i, 64);
      }
      int left = peer.send(requests);
      peer.flush();
      while (left > 0) {
        if (port.receive(answers) == 0) {
          port.await(TICK);
        }
        left -= port.send(answers);
        port.flush();
      }
      int back = reserved;
      while (back > 0) {
        if (peer.receive(answers) == 0) {
          peer.await(TICK);
        }
        back -= answers.count();
        peer.release(answers);
      }
      done += reserved;
    }
  }

  // --- with namespaces of their own ---

  @Test
  void whatTheKernelHasNoRoomForStaysInTheBatch() throws Exception {
    assumeRoot();
    try (Wire wire = laid()) {
      Wire.run(
          "tc", "-n", wire.left, "qdisc", "add", "dev", "left", "root", "tbf", "rate", "20mbit",
          "burst", "4kb", "limit", "10mb");
      DatagramPort port =
          wire.inLeft(
              () ->
                  openHere(
                      DatagramSpec.at(loopback("0.0.0.0", 0))
                          .option(options() + ".sendBuffer", "4000")));
      DatagramChannel peer = wire.inRight(() -> peerHere("10.77.0.2"));
      peer.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      DatagramBatch batch = new DatagramBatch(500);
      int reserved = port.reserve(batch, 500);
      for (int i = 0; i < reserved; i++) {
        write(batch, i, i, 1000, local(peer));
      }
      boolean stayed = false;
      long end = System.nanoTime() + PATIENCE;
      int taken = 0;
      int heard = 0;
      while (heard < reserved && System.nanoTime() < end) {
        taken += port.send(batch);
        port.flush();
        stayed |= !batch.isEmpty();
        assertEquals(reserved - taken, batch.count());
        ByteBuffer got = take(peer);
        assertEquals(heard++, got.getInt(0));
        assertEquals(1000, got.limit());
      }
      assertTrue(stayed, "nothing ever stayed");
      assertEquals(500, port.statistics().sent());
      assertEquals(0, port.statistics().sendDropped() + port.statistics().sendInvalid());
      assertAtRest(port, 0);
    }
  }

  @Test
  void runsThatCannotBeSentAsOneAreSentOneByOne() throws Exception {
    assumeRoot();
    try (Wire wire = laid()) {
      DatagramPort port =
          wire.inLeft(() -> openHere(DatagramSpec.at(loopback("::", 0)).chunks(256, 4096)));
      DatagramChannel peer = wire.inRight(() -> peerHere("fd77::2"));
      peer.setOption(StandardSocketOptions.SO_RCVBUF, 1 << 20);
      DatagramBatch batch = new DatagramBatch(20);
      port.reserve(batch, 20);
      for (int i = 0; i < 20; i++) {
        write(batch, i, i, 3000, local(peer));
      }
      assertEquals(20, port.send(batch));
      port.flush();
      for (int i = 0; i < 20; i++) {
        ByteBuffer got = take(peer);
        assertEquals(i, got.getInt(0));
        assertEquals(3000, got.limit());
      }
      settled(() -> port.statistics().sent() == 20);
      assertEquals(0, port.statistics().sendDropped() + port.statistics().sendInvalid());
    }
  }

  @Test
  void groupsAreHeardFromWhenTheyAreJoinedUntilTheyAreLeft() throws Exception {
    assumeRoot();
    try (Wire wire = laid()) {
      groups(wire, "0.0.0.0", "239.7.7.7", "10.77.0.1", StandardProtocolFamily.INET);
      groups(wire, "::", "ff05::77", "fd77::1", StandardProtocolFamily.INET6);
      groups(wire, "::", "239.7.7.8", "10.77.0.1", StandardProtocolFamily.INET);
    }
  }

  private void groups(
      Wire wire, String any, String group, String source, StandardProtocolFamily family)
      throws Exception {
    InetAddress to = InetAddress.getByName(group);
    DatagramChannel sender =
        wire.inLeft(
            () -> {
              DatagramChannel channel = DatagramChannel.open(family);
              opened.add(channel);
              channel.bind(new InetSocketAddress(InetAddress.getByName(source), 0));
              channel.setOption(
                  StandardSocketOptions.IP_MULTICAST_IF, NetworkInterface.getByName("left"));
              return channel;
            });
    Membership joined = new Membership(to, "right");
    DatagramPort port =
        wire.inRight(() -> openHere(DatagramSpec.at(loopback(any, 0)).groups(joined)));
    InetSocketAddress target = new InetSocketAddress(to, port.local().getPort());
    DatagramBatch batch = new DatagramBatch(4);
    sender.send(number(1, 8), target);
    gather(port, batch);
    assertEquals(1, first(batch, 0));
    assertEquals(to, batch.local(0).getAddress());
    assertTrue(batch.link(0) > 0);
    assertEquals(sender.getLocalAddress(), batch.remote(0));
    // An answer to what came to a group leaves from an address of this host.
    assertEquals(1, port.send(batch));
    port.flush();
    assertEquals(1, take(sender).getInt(0));

    Membership specific = new Membership(to, "right", Optional.of(InetAddress.getByName(source)));
    String foreign = source.contains(":") ? "fd77::99" : "10.77.0.99";
    Membership other = new Membership(to, "right", Optional.of(InetAddress.getByName(foreign)));
    InetSocketAddress direct =
        new InetSocketAddress(
            InetAddress.getByName(source.contains(":") ? "fd77::2" : "10.77.0.2"),
            port.local().getPort());
    port.leave(joined);
    port.leave(joined);
    unheard(port, sender, target, direct, batch);
    port.join(specific);
    sender.send(number(3, 8), target);
    gather(port, batch);
    assertEquals(3, first(batch, 0));
    port.release(batch);
    port.leave(specific);
    port.join(other);
    unheard(port, sender, target, direct, batch);
    assertThrows(PortException.class, () -> port.join(new Membership(to, "nosuch0")));
    port.close();
  }

  /** What goes to the group does not arrive, though what follows it does. */
  private static void unheard(
      DatagramPort port,
      DatagramChannel sender,
      InetSocketAddress target,
      InetSocketAddress direct,
      DatagramBatch batch)
      throws IOException {
    sender.send(number(98, 8), target);
    sender.send(number(99, 8), direct);
    gather(port, batch);
    assertEquals(1, batch.count());
    assertEquals(99, first(batch, 0));
    port.release(batch);
  }

  @Test
  void aPortOutlivesItsInterface() throws Exception {
    assumeRoot();
    try (Wire wire = laid()) {
      DatagramPort port =
          wire.inRight(() -> openHere(DatagramSpec.at(loopback("0.0.0.0", 0)).on("right")));
      DatagramChannel peer = wire.inLeft(() -> peerHere("10.77.0.1"));
      InetSocketAddress target =
          new InetSocketAddress(InetAddress.getByName("10.77.0.2"), port.local().getPort());
      DatagramBatch batch = new DatagramBatch(4);
      peer.send(number(1, 8), target);
      gather(port, batch);
      assertEquals("up", port.report().state());
      assertEquals(1, port.send(batch));
      port.flush();
      assertEquals(1, take(peer).getInt(0));
      Wire.run("ip", "-n", wire.right, "link", "set", "right", "down");
      assertEquals(state("right is down"), port.report().state());
      Wire.run("ip", "-n", wire.left, "link", "del", "left");
      assertEquals(state("right is gone"), port.report().state());
      assertEquals(0, port.receive(batch));
      assertEquals(3, port.reserve(batch, 3));
      for (int i = 0; i < 3; i++) {
        write(batch, i, i, 8, local(peer));
      }
      assertEquals(3, port.send(batch));
      port.flush();
      settled(() -> notSent(port) == 3);
      assertFalse(port.await(0));
      assertEquals(0, port.report().census().missing());
      assertEquals(0, port.report().census().held());
    }
  }

  // --- in words ---

  final DatagramPort open(DatagramSpec spec) throws Exception {
    return home(() -> openHere(spec));
  }

  final DatagramPort openHere(DatagramSpec spec) throws Exception {
    return later(driver.open(fitting(spec)));
  }

  private DatagramPort attempt(DatagramSpec spec) throws Exception {
    return home(() -> driver.open(fitting(spec)));
  }

  private PortProbe probe(DatagramSpec spec) throws Exception {
    return home(() -> driver.probe(fitting(spec)));
  }

  private static long mapped(String four) throws IOException {
    byte[] bytes = InetAddress.getByName(four).getAddress();
    return 0xffff_0000_0000L | Integer.toUnsignedLong(ByteBuffer.wrap(bytes).getInt());
  }

  private DatagramChannel peer(String address) throws Exception {
    return away(() -> peerHere(awayAddress(address)));
  }

  private DatagramChannel peerHere(String address) throws IOException {
    boolean six = InetAddress.getByName(address) instanceof Inet6Address;
    DatagramChannel channel =
        DatagramChannel.open(six ? StandardProtocolFamily.INET6 : StandardProtocolFamily.INET);
    later(channel);
    channel.bind(new InetSocketAddress(InetAddress.getByName(address), 0));
    return channel;
  }

  private interface Use {
    void with(DatagramChannel peer) throws IOException;
  }

  private void peer(String address, Use use) throws Exception {
    try (DatagramChannel channel = away(() -> DatagramChannel.open(StandardProtocolFamily.INET))) {
      channel.bind(new InetSocketAddress(InetAddress.getByName(awayAddress(address)), 0));
      use.with(channel);
    }
  }

  private void echoes(DatagramPort port, String from, String asked) throws Exception {
    DatagramChannel peer = peer(from);
    // Connected, so that it hears the asked address alone.
    peer.connect(loopback(asked, port.local().getPort()));
    peer.write(number(5, 30));
    DatagramBatch batch = new DatagramBatch(2);
    gather(port, batch);
    assertEquals(InetAddress.getByName(homeAddress(asked)), batch.local(0).getAddress());
    batch.reply(0, 12);
    assertEquals(1, port.send(batch));
    port.flush();
    assertEquals(12, take(peer).limit());
  }

  private void steered(List<DatagramPort> members, InetSocketAddress to) throws Exception {
    DatagramBatch batch = new DatagramBatch(64);
    peer(
        "127.0.0.1",
        peer -> {
          for (int word = 0; word < 30; word++) {
            ByteBuffer data = number(word, 12);
            data.putInt(4, word);
            peer.send(data, to);
          }
          peer.send(number(1000, 7), to);
        });
    for (int member = 0; member < 3; member++) {
      List<Integer> got = new ArrayList<>();
      List<Integer> wanted = new ArrayList<>();
      for (int word = member; word < 30; word += 3) {
        wanted.add(word);
      }
      if (member == 0) {
        wanted.add(1000);
      }
      while (got.size() < wanted.size()) {
        gather(members.get(member), batch);
        for (int i = 0; i < batch.count(); i++) {
          got.add(first(batch, i));
        }
        members.get(member).release(batch);
      }
      assertEquals(wanted, got);
    }
  }

  /** Receives something into an empty batch. */
  private static void gather(DatagramPort port, DatagramBatch batch) {
    long end = System.nanoTime() + PATIENCE;
    while (port.receive(batch) == 0) {
      port.await(TICK);
      assertTrue(System.nanoTime() < end, "nothing came");
    }
  }

  private static ByteBuffer take(DatagramChannel peer) throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(1 << 16);
    peer.receive(buffer);
    return buffer.flip();
  }

  private static InetSocketAddress from(DatagramChannel peer) throws IOException {
    return (InetSocketAddress) peer.receive(ByteBuffer.allocate(1 << 16));
  }

  private static ByteBuffer number(int number, int length) {
    ByteBuffer data = ByteBuffer.allocate(length);
    if (length >= INT) {
      data.putInt(0, number);
    }
    return data;
  }

  private static int first(DatagramBatch batch, int index) {
    return batch
        .payload(index)
        .get(ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN), 0);
  }

  private static void write(
      DatagramBatch batch, int index, int number, int length, InetSocketAddress to) {
    batch.length(index, length);
    if (length >= INT) {
      batch
          .payload(index)
          .set(ValueLayout.JAVA_INT_UNALIGNED.withOrder(java.nio.ByteOrder.BIG_ENDIAN), 0, number);
    }
    batch.remote(index, to);
  }

  private static InetSocketAddress local(DatagramChannel peer) throws IOException {
    return (InetSocketAddress) peer.getLocalAddress();
  }

  final InetSocketAddress loopback(String address, int port) {
    try {
      return new InetSocketAddress(InetAddress.getByName(homeAddress(address)), port);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  interface Condition {
    boolean holds() throws Exception;
  }

  static void settled(Condition condition) throws Exception {
    long end = System.nanoTime() + PATIENCE;
    while (!condition.holds() && System.nanoTime() < end) {
      Thread.sleep(1);
    }
    assertTrue(condition.holds());
  }

  static void assertSays(String words, Exception e) {
    assertTrue(String.valueOf(e.getMessage()).contains(words), e.toString());
  }

  private static void assertAtRest(DatagramPort port, int held) throws Exception {
    settled(
        () -> {
          FrameCensus census = port.report().census();
          return census.missing() == 0 && census.held() == held && census.sending() == 0;
        });
  }

  private static <T> CompletableFuture<T> background(Callable<T> work) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread.ofPlatform()
        .daemon()
        .name("itest/packet/background")
        .start(
            () -> {
              try {
                future.complete(work.call());
              } catch (Throwable t) {
                future.completeExceptionally(t);
              }
            });
    return future;
  }

  private static long descriptors() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
      return files.count();
    }
  }

  private static void assumeRoot() {
    assumeTrue(
        "root".equals(System.getProperty("user.name")) && Files.isExecutable(Path.of("/sbin/ip")),
        "network namespaces need root and iproute2");
  }
}
