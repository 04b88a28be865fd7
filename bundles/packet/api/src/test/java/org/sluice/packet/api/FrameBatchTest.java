// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class FrameBatchTest {
  private static final int CHUNK = 2048;

  private final FrameBatch batch = new FrameBatch(18);

  private void frame(long address, int length) {
    batch.bind(MemorySegment.ofArray(new byte[4 * CHUNK]), CHUNK);
    batch.add(address, length, 0);
  }

  /** However it is adjusted: a frame stays in its chunk. */
  @ParameterizedTest
  @ValueSource(ints = {Integer.MIN_VALUE, -2048, -1793, 1793, 2048, Integer.MAX_VALUE})
  void whatHasNoRoomChangesNothing(int delta) {
    frame(CHUNK + 256, 1792);
    assertFalse(batch.adjustHead(0, delta));
    assertFalse(batch.adjustTail(0, delta));
    assertEquals(CHUNK + 256, batch.address(0));
    assertEquals(1792, batch.length(0));
  }

  @Test
  void aFrameDoesNotBeginWhereItsChunkEnds() {
    frame(CHUNK + 256, 1792);
    assertFalse(batch.adjustHead(0, 1792));
    assertTrue(batch.adjustHead(0, 1791));
    assertEquals(1, batch.length(0));
    assertEquals(CHUNK, batch.address(0) & -CHUNK);
    assertTrue(batch.adjustHead(0, -2047));
    assertEquals(0, batch.headroom(0));
  }

  @Test
  void aFrameThatEndsBeforeItsChunkCanBeEmptied() {
    frame(256, 60);
    assertTrue(batch.adjustHead(0, 60));
    assertEquals(0, batch.length(0));
    assertTrue(batch.adjustTail(0, CHUNK - 256 - 60));
    assertEquals(0, batch.tailroom(0));
    assertThrows(IndexOutOfBoundsException.class, () -> batch.length(0, CHUNK - 256 - 60 + 1));
    assertThrows(IndexOutOfBoundsException.class, () -> batch.length(0, -1));
  }
}
