// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.PortClosedException;

final class RingPortTest {
  private final FrameBatch batch = new FrameBatch(64);

  private static void reserve(RingPort port, FrameBatch into, int count, int length) {
    int before = into.count();
    assertEquals(count, port.reserve(into, count));
    for (int i = before; i < into.count(); i++) {
      into.length(i, length);
    }
  }

  private static void whole(RingPort port) {
    FrameCensus census = port.report().census();
    assertEquals(0, census.missing(), census::toString);
  }

  @Test
  void whatIsLostIsCountedAndTheRestIsSent() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 5, 60);
      assertEquals(5, port.send(batch));
      kernel.answers.addAll(List.of(Exchange.Sent.LOST, Exchange.Sent.LOST));
      port.flush();
      assertEquals(5, kernel.sent.size());
      assertEquals(5, port.statistics().sent());
      assertEquals(2, port.statistics().sendDropped());
      whole(port);
    }
  }

  @Test
  void aBudgetIsSpentAsOftenAsNeeded() {
    FakeKernel kernel = new FakeKernel(128, 64, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 50, 60);
      port.send(batch);
      kernel.usual = Exchange.Sent.MORE;
      kernel.perCall = 8;
      port.flush();
      assertEquals(50, kernel.sent.size());
      assertEquals(7, kernel.calls);
    }
  }

  @Test
  void whoSaysMoreAndDoesNothingIsNotAskedForEver() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 5, 60);
      port.send(batch);
      kernel.usual = Exchange.Sent.MORE;
      kernel.perCall = 0;
      port.flush();
      assertTrue(kernel.sent.isEmpty());
      kernel.perCall = 64;
      port.flush();
      assertEquals(5, kernel.sent.size(), "what was left is not forgotten");
      whole(port);
    }
  }

  @Test
  void whenDownWhatHasNoRoomIsDroppedAndCounted() {
    FakeKernel kernel = new FakeKernel(256, 32, 1);
    try (RingPort port = kernel.port()) {
      kernel.usual = Exchange.Sent.DOWN;
      reserve(port, batch, 64, 60);
      assertEquals(64, port.send(batch), "who sends is not held up by an interface that is down");
      assertTrue(batch.isEmpty());
      assertEquals(32, port.statistics().sendDropped());
      assertEquals(32, port.statistics().sent());
      whole(port);
      kernel.usual = Exchange.Sent.DONE;
      port.flush();
      assertEquals(32, kernel.sent.size(), "what stands in the ring leaves when it is up again");
    }
  }

  @Test
  void whatStandsInTheRingOfAnInterfaceThatIsGoneIsDroppedAndFree() {
    FakeKernel kernel = new FakeKernel(256, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 20, 60);
      assertEquals(20, port.send(batch));
      assertEquals(3, kernel.complete(3));
      kernel.usual = Exchange.Sent.GONE;
      port.flush();
      assertEquals(17, port.statistics().sendDropped());
      assertEquals(3, port.report().census().completed());
      assertEquals(0, port.report().census().sending());
      reserve(port, batch, 64, 60);
      assertEquals(64, port.send(batch));
      port.flush();
      assertEquals(81, port.statistics().sendDropped());
      assertEquals(0, port.report().census().sending());
      whole(port);
    }
  }

  @Test
  void theTransmitRingTakesNoMoreThanTheCompletionRingHasRoomFor() {
    FakeKernel kernel = new FakeKernel(256, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 30, 60);
      port.send(batch);
      kernel.complete(30);
      reserve(port, batch, 32, 60);
      // 30 stand in the completion ring until the port looks there, which it must before it puts.
      assertEquals(32, port.send(batch));
      kernel.complete(32);
      whole(port);
      reserve(port, batch, 40, 60);
      kernel.usual = Exchange.Sent.DOWN;
      port.send(batch);
      whole(port);
    }
  }

  @Test
  void whatHasNoRoomStaysInOrder() {
    FakeKernel kernel = new FakeKernel(256, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 48, 60);
      for (int i = 0; i < 48; i++) {
        batch.length(i, 60 + i);
      }
      kernel.perCall = 0;
      assertEquals(32, port.send(batch));
      assertEquals(16, batch.count());
      for (int i = 0; i < 16; i++) {
        assertEquals(60 + 32 + i, batch.length(i));
      }
      port.release(batch);
      whole(port);
    }
  }

  @Test
  void chainsAreWholeAtTheEndOfTheRing() {
    FakeKernel kernel = new FakeKernel(128, 16, 1);
    FrameBatch small = new FrameBatch(18);
    try (RingPort port = kernel.port()) {
      for (int round = 0; round < 50; round++) {
        int packets = 0;
        while (kernel.deliver(0, 1792, 1792, 100)) {
          packets++;
        }
        assertTrue(packets > 0);
        for (int got = 0; got < packets; ) {
          int frames = port.receive(small);
          assertEquals(0, frames % 3);
          assertTrue(frames > 0);
          for (int i = 0; i < frames; i++) {
            assertEquals(i % 3 < 2, small.continued(i));
          }
          got += frames / 3;
          assertEquals(frames, port.send(small));
          port.flush();
        }
        whole(port);
      }
      for (int i = 0; i < kernel.sent.size(); i++) {
        assertEquals(i % 3 < 2, (kernel.sent.get(i)[1] >>> 32) == 1);
      }
      assertEquals(kernel.sent.size() / 3, port.statistics().sent());
    }
  }

  @Test
  void aChainThatTheTransmitRingCannotTakeWholeStays() {
    FakeKernel kernel = new FakeKernel(256, 16, 1);
    try (RingPort port = kernel.port()) {
      kernel.perCall = 0;
      reserve(port, batch, 14, 60);
      port.send(batch);
      reserve(port, batch, 3, 60);
      chain(batch, 3);
      assertEquals(0, port.send(batch));
      assertEquals(3, batch.count());
      kernel.perCall = 64;
      assertEquals(3, port.send(batch));
      port.flush();
      assertEquals(17, kernel.sent.size());
    }
  }

  /** Marks all but the last frame. */
  private static void chain(FrameBatch batch, int frames) {
    for (int i = 0; i + 1 < frames; i++) {
      batch.words()[2 * i + 1] |= (long) FrameBatch.CONTINUED << 32;
    }
  }

  @Test
  void aPacketThatNoBatchHoldsIsDroppedToItsEnd() {
    FakeKernel kernel = new FakeKernel(256, 128, 1);
    FrameBatch small = new FrameBatch(18);
    try (RingPort port = kernel.port()) {
      int[] lengths = new int[45];
      java.util.Arrays.fill(lengths, 10);
      assertTrue(kernel.deliver(0, lengths));
      assertTrue(kernel.deliver(0, 77));
      int got = 0;
      for (int tries = 0; tries < 10 && got == 0; tries++) {
        got = port.receive(small);
      }
      assertEquals(1, got, "no piece of the long packet passes for a packet");
      assertEquals(77, small.length(0));
      assertEquals(1, port.statistics().receiveInvalid());
      assertEquals(1, port.statistics().received());
      port.release(small);
      whole(port);
    }
  }

  @Test
  void whatCannotBeSentIsCountedAndItsChunksAreNotLost() {
    FakeKernel kernel = new FakeKernel(128, 64, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 4, 60);
      batch.length(0, 0);
      batch.length(2, 0);
      assertEquals(4, port.send(batch));
      port.flush();
      assertEquals(2, kernel.sent.size());
      assertEquals(2, port.statistics().sendInvalid());
      assertEquals(0, port.report().census().held());
      whole(port);

      reserve(port, batch, 6, 1700);
      chain(batch, 6);
      assertEquals(6, port.send(batch), "10,200 bytes are longer than the interface takes");
      assertEquals(3, port.statistics().sendInvalid());
      assertEquals(0, port.report().census().held());

      reserve(port, batch, 3, 60);
      batch.words()[5] |= (long) FrameBatch.CONTINUED << 32;
      assertEquals(3, port.send(batch), "a packet without an end");
      assertEquals(4, port.statistics().sendInvalid());

      reserve(port, batch, 19, 60);
      chain(batch, 19);
      assertEquals(19, port.send(batch), "more frames than a packet has");
      assertEquals(5, port.statistics().sendInvalid());
      port.flush();
      assertEquals(4, kernel.sent.size());
      whole(port);
    }
  }

  @Test
  void placesOutsideNeitherLeaveNorComeBack() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    long end = kernel.memory.byteSize();
    try (RingPort port = kernel.port()) {
      for (long address :
          new long[] {-1, -2048, end, end + 256, end - 59, Long.MIN_VALUE, Long.MAX_VALUE, 2040}) {
        reserve(port, batch, 1, 60);
        long right = batch.address(0);
        batch.words()[0] = address;
        assertEquals(1, port.send(batch));
        if (address < 0 || address >= end) {
          assertEquals(1, port.report().census().held(), "the chunk is still the holder's");
          batch.bind(port.memory(), port.chunkSize());
          batch.add(right, 0, 0);
          port.release(batch);
        } else if ((address & -2048) != (right & -2048)) {
          // The holder lied with the chunk of another; this test has to make it good.
          break;
        }
        whole(port);
      }
      port.flush();
      assertTrue(kernel.sent.isEmpty());
      FrameBatch all = new FrameBatch(64);
      port.reserve(all, 64);
      for (int i = 0; i < all.count(); i++) {
        assertTrue(all.address(i) >= 0 && all.address(i) < end);
      }
      port.release(all);
    }
  }

  @Test
  void flagsOfReceivingAreNotSent() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port()) {
      reserve(port, batch, 1, 60);
      batch.words()[1] |=
          (long) (FrameBatch.CHECKSUM_GOOD | FrameBatch.CHECKSUM_PARTIAL | 1 << 31) << 32;
      port.send(batch);
      port.flush();
      assertEquals(60, kernel.sent.getFirst()[1]);
    }
  }

  @Test
  void framesOfAnotherPortAreRefused() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    FakeKernel other = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port();
        RingPort stranger = other.port()) {
      reserve(stranger, batch, 3, 60);
      assertThrows(IllegalArgumentException.class, () -> port.send(batch));
      assertThrows(IllegalArgumentException.class, () -> port.release(batch));
      assertThrows(IllegalArgumentException.class, () -> port.reserve(batch, 1));
      assertEquals(3, batch.count());
      stranger.release(batch);
      whole(port);
      whole(stranger);
    }
  }

  /** A mapping may come back at the very address where a closed port had its own. */
  @Test
  @SuppressWarnings("restricted") // no other way leads to the same place twice
  void framesOfAPortAtTheSamePlaceAreRefused() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port()) {
      MemorySegment before =
          MemorySegment.ofAddress(port.memory().address()).reinterpret(port.memory().byteSize());
      batch.bind(before, 2048);
      batch.add(256, 60, 0);
      assertThrows(IllegalArgumentException.class, () -> port.release(batch));
      batch.clear();
    }
  }

  @Test
  void whoReceivesWithoutChunksIsWokenWhenSomeComeBack() {
    FakeKernel kernel = new FakeKernel(64, 64, 1);
    FrameBatch all = new FrameBatch(64);
    try (RingPort port = kernel.port()) {
      port.reserve(all, 64);
      assertEquals(32, all.count());
      for (int i = 0; i < 32; i++) {
        kernel.deliver(0, 60);
      }
      assertEquals(32, port.receive(batch));
      assertFalse(port.await(1));
      assertEquals(0, kernel.wakes);
      for (int i = 0; i < all.count(); i++) {
        all.length(i, 60);
      }
      port.send(all);
      port.flush();
      port.reserve(all, 1);
      assertEquals(1, kernel.wakes, "what was sent came back, which feeds the receiving side");
      port.await(1);
      assertTrue(kernel.fills.getFirst().available(64) > 0);
      port.release(all);
      port.release(batch);
      whole(port);
    }
  }

  /** What one lane has does not hide what another lacks. */
  @Test
  void everyLaneThatLacksChunksIsFed() {
    FakeKernel kernel = new FakeKernel(256, 64, 2);
    FrameBatch all = new FrameBatch(256);
    try (RingPort port = kernel.port()) {
      for (int i = 0; i < 64; i++) {
        assertTrue(kernel.deliver(0, 60));
      }
      port.reserve(all, 256);
      assertEquals(128, all.count());
      // The first lane is without a chunk, the second has nearly all of its own.
      assertEquals(64, port.receive(batch) + receiveOnce(port, batch));
      kernel.deliver(1, 60);
      FrameBatch one = new FrameBatch(18);
      while (port.receive(one) == 0) {
        // the other lane is the next
      }
      assertFalse(port.await(1));
      FrameBatch back = new FrameBatch(18);
      batch.moveTo(back, 0);
      batch.compact();
      port.release(back);
      assertEquals(1, kernel.wakes);
      port.release(all);
      port.release(batch);
      port.release(one);
      whole(port);
    }
  }

  private static int receiveOnce(RingPort port, FrameBatch batch) {
    return batch.isEmpty() ? port.receive(batch) : 0;
  }

  @Test
  void whoFellAsleepBesideAFullFillRingIsWoken() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    try (RingPort port = kernel.port()) {
      RingPlace fill = kernel.fillPlaces.getFirst();
      fill.memory().set(JAVA_INT, fill.flags(), 1);
      port.receive(batch);
      assertEquals(List.of(0), kernel.refilled);
      fill.memory().set(JAVA_INT, fill.flags(), 0);
      port.receive(batch);
      assertEquals(List.of(0), kernel.refilled);
    }
  }

  @Test
  void afterClosingOnlyTidyingUpIsLeft() {
    FakeKernel kernel = new FakeKernel(64, 32, 1);
    RingPort port = kernel.port();
    reserve(port, batch, 4, 60);
    FrameBatch sent = new FrameBatch(18);
    reserve(port, sent, 2, 60);
    port.send(sent);
    port.close();
    port.close();
    assertEquals(2, kernel.closes, "the memory once, the note to the driver once");
    assertThrows(PortClosedException.class, () -> port.receive(sent));
    assertThrows(PortClosedException.class, () -> port.await(1));
    assertThrows(PortClosedException.class, () -> port.reserve(sent, 1));
    assertThrows(PortClosedException.class, () -> port.send(batch));
    assertThrows(PortClosedException.class, port::flush);
    assertThrows(PortClosedException.class, port::report);
    assertThrows(IllegalStateException.class, () -> batch.frame(0).fill((byte) 1));
    assertEquals(2, port.statistics().sent());
    port.wake();
    port.release(batch);
    assertTrue(batch.isEmpty());
  }
}
