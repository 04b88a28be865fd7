// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PacketReceiver;
import org.sluice.packet.api.PacketSender;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;
import org.sluice.packet.api.SplitPort;

/** Packets with owners, over a port that a test plays. */
@Timeout(120)
class SplitFramesTest {
  private static final long PATIENCE = 60_000_000_000L;
  private static final FrameSpec SPEC = FrameSpec.on("loop").chunks(64);

  private final OpenPorts ports = new OpenPorts();
  private final LoopDriver driver = new LoopDriver("loop", 10);

  @BeforeEach
  void start() {
    ports.start();
    ports.driverThere(driver);
  }

  @AfterEach
  void stop() throws Exception {
    ports.stop();
  }

  private static Packet one(PacketReceiver receiver) {
    Packet[] into = new Packet[1];
    long until = System.nanoTime() + PATIENCE;
    while (receiver.receive(into, 1) == 0) {
      assertTrue(System.nanoTime() - until < 0, "no packet in a minute");
      receiver.await(1_000_000_000);
    }
    return into[0];
  }

  private static Packet reserved(PacketSender sender) {
    Packet packet = sender.reserve();
    assertNotNull(packet);
    return packet;
  }

  private static void number(Packet packet, int number) {
    packet.length(60);
    packet.memory().set(ValueLayout.JAVA_INT, packet.address(), number);
  }

  private static int number(Packet packet) {
    return packet.memory().get(ValueLayout.JAVA_INT, packet.address());
  }

  @Test
  void whatIsSentComesBackInOrder() throws Exception {
    try (SplitPort port = ports.split(SPEC, Ports.AUTO)) {
      for (int round = 0; round < 100; round++) {
        for (int i = 0; i < 20; i++) {
          Packet packet = reserved(port.sender());
          number(packet, i);
          assertTrue(port.sender().send(packet));
        }
        port.sender().flush();
        assertEquals(0, port.sender().pending());
        Packet[] into = new Packet[7];
        int seen = 0;
        while (seen < 20) {
          int got = port.receiver().receive(into, 7);
          for (int i = 0; i < got; i++) {
            assertEquals(seen++, number(into[i]));
            into[i].release();
          }
        }
      }
      port.receiver().await(0);
      assertTrue(driver.last().pool.held() < 20, "only those reserved in advance are out");
    }
  }

  @Test
  void aPacketThatWasGivenAwayIsRefused() throws Exception {
    try (SplitPort port = ports.split(SPEC, Ports.AUTO);
        SplitPort other = ports.split(SPEC, Ports.AUTO)) {
      Packet packet = reserved(port.sender());
      number(packet, 1);
      assertThrows(IllegalArgumentException.class, () -> other.sender().send(packet));
      packet.release();
      assertThrows(IllegalStateException.class, packet::release);
      assertThrows(IllegalStateException.class, packet::address);
      assertThrows(IllegalStateException.class, packet::memory);
      assertThrows(IllegalStateException.class, () -> packet.adjustHead(1));
      assertThrows(IllegalStateException.class, () -> port.sender().send(packet));
      Packet sent = reserved(port.sender());
      number(sent, 2);
      assertTrue(port.sender().send(sent));
      assertThrows(IllegalStateException.class, sent::release);
      assertThrows(IllegalStateException.class, sent::length);
    }
  }

  @Test
  void theEdgesOfAPacketStayInItsChunk() throws Exception {
    try (SplitPort port = ports.split(SPEC, Ports.AUTO)) {
      Packet packet = reserved(port.sender());
      assertEquals(256, packet.headroom());
      assertThrows(IndexOutOfBoundsException.class, () -> packet.length(2048 - 255));
      packet.length(100);
      assertFalse(packet.adjustHead(101));
      assertFalse(packet.adjustHead(-257));
      assertTrue(packet.adjustHead(-256));
      assertEquals(356, packet.length());
      assertFalse(packet.adjustTail(2048 - 355));
      assertTrue(packet.adjustTail(2048 - 356));
      assertEquals(0, packet.tailroom());
      assertFalse(packet.adjustHead(2048), "it would begin in the next chunk");
      packet.continued(true);
      assertTrue(packet.continued());
    }
  }

  @Test
  void whatThePortHasNoRoomForStaysPendingOrWithTheCaller() throws Exception {
    try (SplitPort port = ports.split(FrameSpec.on("loop").chunks(128), Ports.AUTO)) {
      driver.last().full = true;
      List<Packet> mine = new ArrayList<>();
      Packet packet;
      while ((packet = port.sender().reserve()) != null) {
        number(packet, 1);
        if (!port.sender().send(packet)) {
          mine.add(packet);
        }
      }
      assertEquals(64, port.sender().pending());
      assertEquals(64, mine.size());
      mine.forEach(Packet::release);
      driver.last().full = false;
      port.sender().flush();
      assertEquals(0, port.sender().pending());
    }
  }

  @Test
  void aStarvedReceiverIsWokenByAReleaseOfAnotherThread() throws Exception {
    try (SplitPort port = ports.split(SPEC, "loop")) {
      for (int round = 0; round < 50; round++) {
        List<Packet> all = new ArrayList<>();
        for (int i = 0; i < 64; i++) {
          assertTrue(driver.last().arrives(i), "there is a chunk for each");
          all.add(one(port.receiver()));
        }
        assertFalse(driver.last().arrives(64), "all chunks are out");
        Thread releaser = Thread.ofPlatform().start(() -> all.forEach(Packet::release));
        // The wire goes on as soon as the port has chunks again, which only the waiter gives it.
        Thread wire =
            Thread.ofPlatform()
                .start(
                    () -> {
                      while (driver.last().pool.free() == 0) {
                        Thread.onSpinWait();
                      }
                      driver.last().arrives(7);
                    });
        Packet packet = one(port.receiver());
        assertEquals(7, number(packet));
        packet.release();
        releaser.join();
        wire.join();
        port.receiver().await(0);
        port.receiver().await(0);
      }
    }
  }

  @Test
  void manyThreadsReleaseAndNoChunkIsLostOrDoubled() throws Exception {
    int threads = 4;
    int packets = 200_000;
    try (SplitPort port = ports.split(SPEC, "loop")) {
      ArrayBlockingQueue<Packet> queue = new ArrayBlockingQueue<>(1024);
      AtomicInteger released = new AtomicInteger();
      AtomicReference<Throwable> wrong = new AtomicReference<>();
      List<Thread> all = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        all.add(
            Thread.ofPlatform()
                .start(
                    () -> {
                      try {
                        while (released.get() < packets) {
                          Packet packet = queue.poll();
                          if (packet != null) {
                            packet.release();
                            released.incrementAndGet();
                          } else {
                            Thread.onSpinWait();
                          }
                        }
                      } catch (Throwable t) {
                        wrong.set(t);
                      }
                    }));
      }
      Thread wire =
          Thread.ofPlatform()
              .start(
                  () -> {
                    for (int sent = 0; sent < packets && wrong.get() == null; ) {
                      if (driver.last().pool.free() > 0 && driver.last().arrives(sent)) {
                        sent++;
                      }
                    }
                  });
      for (int i = 0; i < packets && wrong.get() == null; i++) {
        Packet packet = one(port.receiver());
        assertEquals(i, number(packet), "no chunk was handed out twice at once");
        queue.put(packet);
      }
      wire.join();
      for (Thread thread : all) {
        thread.join();
      }
      assertNull(wrong.get());
      port.receiver().await(0);
      assertEquals(0, driver.last().pool.held());
      assertEquals(64, driver.last().pool.free());
    }
  }

  @Test
  void anotherDriverTakesOverAndOldPacketsAreDroppedAndCounted() throws Exception {
    try (SplitPort port = ports.split(SPEC, Ports.AUTO)) {
      driver.last().arrives(1);
      Packet received = one(port.receiver());
      Packet kept = reserved(port.sender());
      number(kept, 2);
      LoopDriver better = new LoopDriver("better", 90);
      ports.driverThere(better);
      assertEquals("better", port.driver());
      assertThrows(IllegalStateException.class, () -> number(received));
      received.release();
      assertTrue(port.sender().send(kept));
      assertEquals(1, port.statistics().sendDropped());
      better.last().arrives(3);
      Packet fresh = one(port.receiver());
      assertEquals(3, number(fresh));
      assertTrue(port.sender().send(fresh));
      port.sender().flush();
      assertEquals(3, number(one(port.receiver())));
      ports.driverGone(better);
      Packet back = reserved(port.sender());
      number(back, 4);
      assertTrue(port.sender().send(back));
      port.sender().flush();
      assertEquals(4, number(one(port.receiver())));
    }
  }

  @Test
  void aDriverThatWorksLaterThanItCameIsFound() throws Exception {
    LoopDriver better = new LoopDriver("better", 0);
    ports.driverThere(better);
    try (SplitPort port = ports.split(SPEC, Ports.AUTO)) {
      assertEquals("loop", port.driver());
      better.merit = 90;
      long until = System.nanoTime() + PATIENCE;
      while (!port.driver().equals("better")) {
        assertTrue(System.nanoTime() < until, "still by " + port.driver());
        Thread.sleep(100);
      }
      better.last().arrives(1);
      assertEquals(1, number(one(port.receiver())));
    }
  }

  @Test
  void afterCloseCallsFailAndPacketsAreHarmless() throws Exception {
    SplitPort port = ports.split(SPEC, Ports.AUTO);
    driver.last().arrives(1);
    Packet packet = one(port.receiver());
    Packet reserved = reserved(port.sender());
    AtomicReference<Throwable> end = new AtomicReference<>();
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (true) {
                      port.receiver().await(PATIENCE);
                    }
                  } catch (PortClosedException e) {
                    end.set(e);
                  }
                });
    port.close();
    waiter.join();
    assertNotNull(end.get());
    assertThrows(IllegalStateException.class, () -> number(packet));
    packet.release();
    assertThrows(PortClosedException.class, () -> port.sender().send(reserved));
    assertThrows(PortClosedException.class, port.sender()::reserve);
    assertThrows(PortClosedException.class, port.sender()::flush);
    assertThrows(PortClosedException.class, () -> port.receiver().receive(new Packet[1], 1));
    port.close();
  }

  @Test
  void nothingIsAllocatedForAPacket() throws Exception {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    Stock stock =
        new Stock(this, java.lang.foreign.Arena.ofAuto().allocate(64 * 2048L), 2048, () -> {});
    org.sluice.packet.api.FrameBatch batch = new org.sluice.packet.api.FrameBatch(64);
    long least = Long.MAX_VALUE;
    for (int run = 0; run < 20; run++) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int i = 0; i < 10_000; i++) {
        OwnedPacket packet = stock.at(2048L * (i & 63));
        packet.arrive(2048L * (i & 63) + 256, 60, 0);
        packet.release();
        if ((i & 31) == 31) {
          stock.take(batch);
          batch.clear();
        }
      }
      stock.take(batch);
      batch.clear();
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    assertTrue(least < 1000, "10,000 packets took " + least + " bytes");
  }

  @Test
  void aPortByNameIsHandedOverAndOneThatMayChangeIsNot() throws Exception {
    var auto = ports.open(SPEC, Ports.AUTO);
    PortException refusal = assertThrows(PortException.class, auto::direct);
    assertTrue(refusal.toString().contains("may change its driver"), refusal::toString);
    auto.close();

    var named = ports.open(SPEC, "loop");
    var direct = named.direct();
    assertEquals(driver.last(), direct);
    assertThrows(
        PortClosedException.class, () -> named.receive(new org.sluice.packet.api.FrameBatch(18)));
    assertEquals("loop", named.report().driver());
    assertEquals(1, ports.reports().size());
    ports.driverGone(driver);
    assertThrows(PortClosedException.class, () -> direct.await(0));
    assertEquals(0, ports.reports().size());
    named.close();
  }
}
