// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;

/** The rings in the hands of a user, who is checked or not. */
class RawRingsTest {
  private static final int CHUNKS = 64;

  private static void refused(String part, Executable move) {
    String message = assertThrows(IllegalStateException.class, move).toString();
    assertTrue(message.contains(part), message);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyChunkGoesRoundAndRound(boolean checked) throws Exception {
    EchoKernel kernel = new EchoKernel(CHUNKS, 32);
    try (RawRings rings = RawRings.of(kernel.port, checked)) {
      assertEquals(checked, rings.checked());
      RawLane lane = rings.lanes().getFirst();
      long[] free = rings.free();
      assertEquals(CHUNKS, free.length + rings.report().census().fill());
      int given = 0;
      for (int round = 0; round < 5000; round++) {
        // What is free is sent, and what is received goes back to be received into.
        int room = lane.transmit().reserve(Math.min(4, free.length - given));
        for (int i = 0; i < room; i++) {
          rings
              .frame(free[given] + 256, 60)
              .set(java.lang.foreign.ValueLayout.JAVA_BYTE, 0, (byte) round);
          lane.transmit().put(i, free[given++] + 256, 60, 0);
        }
        lane.transmit().publish(room);
        rings.transmit(0);
        int got = lane.receive().peek(4);
        int fill = lane.fill().reserve(got);
        assertEquals(got, fill);
        for (int i = 0; i < got; i++) {
          assertEquals(60, lane.receive().length(i));
          assertEquals(0, lane.receive().flags(i));
          lane.fill().put(i, lane.receive().address(i));
        }
        lane.receive().free(got);
        lane.fill().publish(got);
        int back = lane.completion().peek(4);
        for (int i = 0; i < back; i++) {
          free[--given] = lane.completion().address(i) & -EchoKernel.CHUNK;
        }
        lane.completion().free(back);
      }
      Set<Long> distinct = new HashSet<>();
      for (int i = given; i < free.length; i++) {
        distinct.add(free[i]);
      }
      assertEquals(free.length - given, distinct.size());
      assertEquals(0, rings.report().census().missing());
    }
    assertTrue(kernel.closed);
  }

  @Test
  void thePortIsClosedToOthers() throws Exception {
    EchoKernel kernel = new EchoKernel(CHUNKS, 32);
    RawRings rings = RawRings.of(kernel.port, true);
    assertThrows(PortClosedException.class, () -> kernel.port.receive(new FrameBatch(18)));
    assertThrows(PortClosedException.class, () -> kernel.port.reserve(new FrameBatch(18), 1));
    assertThrows(PortClosedException.class, () -> RawRings.of(kernel.port, true));
    assertFalse(kernel.closed);
    kernel.port.close();
    assertTrue(kernel.closed, "whoever closes the port closes the rings");
    assertThrows(PortClosedException.class, () -> rings.transmit(0));
    assertThrows(PortClosedException.class, () -> rings.await(0));
    assertThrows(PortClosedException.class, () -> rings.refilled(0));
    assertThrows(IllegalStateException.class, () -> rings.lanes().getFirst().receive().peek(1));
    rings.close();
    kernel.port.close();
  }

  @Test
  void aPortWithFramesOutIsNotTakenOver() throws Exception {
    EchoKernel kernel = new EchoKernel(CHUNKS, 32);
    FrameBatch batch = new FrameBatch(18);
    kernel.port.reserve(batch, 3);
    assertTrue(
        assertThrows(PortException.class, () -> RawRings.of(kernel.port, true))
            .toString()
            .contains("3 frames are still"));
    kernel.port.release(batch);
    RawRings.of(kernel.port, true).close();
  }

  @Test
  void everyWrongMoveIsRefusedAndChangesNothing() throws Exception {
    EchoKernel kernel = new EchoKernel(CHUNKS, 32);
    try (RawRings rings = RawRings.of(kernel.port, true)) {
      RawLane lane = rings.lanes().getFirst();
      long mine = rings.free()[0];
      TransmitRing transmit = lane.transmit();
      refused("entry 0, where 0 are reserved", () -> transmit.put(0, mine, 60, 0));
      assertEquals(4, transmit.reserve(4));
      refused("is in no chunk", () -> transmit.put(0, (long) CHUNKS * 2048, 60, 0));
      refused("is in no chunk", () -> transmit.put(0, -1, 60, 0));
      refused("60 bytes at 2000 of chunk", () -> transmit.put(0, mine + 2000, 60, 0));
      refused("0 bytes", () -> transmit.put(0, mine, 0, 0));
      refused("-5 bytes", () -> transmit.put(0, mine, -5, 0));
      refused("flags 0x100", () -> transmit.put(0, mine, 60, FrameBatch.CHECKSUM_GOOD));
      refused("5 of 4 entries", () -> transmit.publish(5));
      transmit.put(0, mine + 256, 60, 0);
      refused("entry 1 of 2 was not written", () -> transmit.publish(2));

      long foreign = kernelsOwn(rings);
      transmit.put(1, foreign, 60, 0);
      refused(
          "transmit: chunk " + foreign / 2048 + " is in the fill ring", () -> transmit.publish(2));
      transmit.put(1, mine + 256, 60, 0);
      refused(
          "transmit: chunk " + mine / 2048 + " is in the transmit ring", () -> transmit.publish(2));
      transmit.publish(1);
      refused(
          "frame: chunk " + mine / 2048 + " is in the transmit ring", () -> rings.frame(mine, 60));

      FillRing fill = lane.fill();
      fill.reserve(1);
      refused("entry 3, where", () -> fill.put(3, mine));
      lane.receive().peek(1);
      refused("1 of 0 entries", () -> lane.receive().free(1));
      refused("entry 0, where 0 are there", () -> lane.receive().address(0));
      rings.transmit(0);
      refused("1 of 0 entries", () -> lane.completion().free(1));
      assertEquals(1, lane.completion().peek(8));
      assertEquals(mine, lane.completion().address(0) & -2048);
      int place = fill.reserve(1);
      if (place == 1) {
        fill.put(0, mine);
        refused("in the completion ring, not yet freed", () -> fill.publish(1));
      }
      lane.completion().free(1);

      assertEquals(1, lane.receive().peek(8));
      long packet = lane.receive().address(0);
      assertEquals(60, rings.frame(packet, 60).byteSize());
      fill.reserve(1);
      fill.put(0, packet);
      refused("in the receive ring, not yet freed", () -> fill.publish(1));
      lane.receive().free(1);
      fill.publish(1);
      refused("is in the fill ring", () -> rings.frame(packet, 60));
      assertEquals(0, rings.report().census().missing());
    }
  }

  private static long kernelsOwn(RawRings rings) {
    Set<Long> mine = new HashSet<>();
    for (long chunk : rings.free()) {
      mine.add(chunk);
    }
    long chunk = 0;
    while (mine.contains(chunk)) {
      chunk += 2048;
    }
    return chunk;
  }

  @Test
  void aWaitThatRunsIsEndedByClose() throws Exception {
    EchoKernel kernel = new EchoKernel(CHUNKS, 32);
    RawRings rings = RawRings.of(kernel.port, false);
    Thread waiter =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    while (true) {
                      rings.await(60_000_000_000L);
                    }
                  } catch (PortClosedException e) {
                    // The end of the test.
                  }
                });
    rings.close();
    waiter.join(60_000);
    assertFalse(waiter.isAlive());
  }
}
