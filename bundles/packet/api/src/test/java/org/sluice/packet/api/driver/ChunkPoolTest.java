// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;

final class ChunkPoolTest {
  private final ChunkPool pool = new ChunkPool(4, 2048);
  private final long[] words = new long[8];

  @Test
  void anyAddressInAChunkStandsForIt() {
    assertEquals(4, pool.take(words, 0, 8));
    pool.handedOut(4);
    pool.release(new long[] {2048 + 300, 60, 3 * 2048 + 2047, 60}, 2, 2);
    assertEquals(2, pool.free());
    assertEquals(2, pool.held());
    assertEquals(2, pool.take(words, 0, 8));
    assertEquals(2048, words[0]);
    assertEquals(3 * 2048, words[1]);
  }

  @Test
  void whatIsNoPlaceIsNotTakenBack() {
    pool.take(words, 0, 4);
    pool.handedOut(4);
    pool.release(new long[] {-1, 4 * 2048, Long.MIN_VALUE, Long.MAX_VALUE}, 1, 4);
    assertEquals(0, pool.free());
    assertEquals(4, pool.held());
    pool.release(new long[] {0, 2048, 2 * 2048, 3 * 2048}, 1, 4);
    pool.release(new long[] {-1, 4 * 2048}, 1, 2);
    assertEquals(4, pool.free(), "nor is there a lack of room for it");
  }

  @Test
  void moreThanThereAreIsRefusedWhole() {
    pool.take(words, 0, 1);
    assertThrows(IllegalStateException.class, () -> pool.release(new long[2], 1, 2));
    assertThrows(IllegalStateException.class, () -> pool.give(new long[2], 0, 2));
    assertEquals(3, pool.free());
  }
}
