// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ReassemblyTest {
  private final Reassembly reassembly = new Reassembly(2, 2048, 1000);

  private int add(int id, byte[] whole, int from, int to, boolean more, long now) {
    return reassembly.add(
        0, 1, 0, 2, id, from, more, MemorySegment.ofArray(whole), from, to - from, now);
  }

  @Test
  void inAnyOrder() {
    Random random = new Random(501);
    for (int round = 0; round < 2000; round++) {
      byte[] whole = new byte[1 + random.nextInt(2048)];
      random.nextBytes(whole);
      List<int[]> parts = new ArrayList<>();
      for (int at = 0; at < whole.length; ) {
        int to = Math.min(whole.length, at + 8 * (1 + random.nextInt(40)));
        parts.add(new int[] {at, to});
        at = to;
      }
      Collections.shuffle(parts, random);
      for (int i = 0; i < parts.size(); i++) {
        int[] part = parts.get(i);
        int result = add(round, whole, part[0], part[1], part[1] < whole.length, round);
        boolean last = i == parts.size() - 1;
        assertEquals(last ? whole.length : Reassembly.WAITING, result);
        if (!last) {
          assertEquals(
              Reassembly.WAITING,
              add(round, whole, part[0], part[1], part[1] < whole.length, round));
        }
      }
      byte[] found = new byte[whole.length];
      reassembly.take(MemorySegment.ofArray(found), 0);
      assertArrayEquals(whole, found);
    }
    assertEquals(0, reassembly.abandoned());
  }

  @Test
  void whatOverlapsOrContradictsIsGivenUp() {
    byte[] one = new byte[64];
    byte[] other = new byte[64];
    other[20] = 1;
    int[][] second = {
      {16, 32, 1}, // the same place, other bytes
      {8, 24, 1}, // half of it
      {0, 40, 0}, // more than it
      {0, 8, 0}, // the end, before what is there
    };
    for (int i = 0; i < second.length; i++) {
      assertEquals(Reassembly.WAITING, add(i, one, 16, 32, true, 0));
      assertEquals(
          Reassembly.REFUSED, add(i, other, second[i][0], second[i][1], second[i][2] == 1, 0));
      assertEquals(Reassembly.REFUSED, add(i, one, 32, 40, false, 0), "for good");
    }
    assertEquals(Reassembly.REFUSED, add(10, one, 0, 12, true, 0), "no multiple of eight");
    assertEquals(Reassembly.REFUSED, add(11, one, 0, 0, false, 0));
    assertEquals(
        Reassembly.REFUSED,
        reassembly.add(0, 1, 0, 2, 12, 2044, false, MemorySegment.ofArray(one), 0, 8, 0));
    assertEquals(
        Reassembly.REFUSED,
        reassembly.add(0, 1, 0, 2, 13, 65_528, true, MemorySegment.ofArray(one), 0, 64, 0));
  }

  @Test
  void timeAndPlaceAreBounded() {
    byte[] whole = new byte[16];
    assertEquals(Reassembly.WAITING, add(1, whole, 0, 8, true, 0));
    assertEquals(Reassembly.WAITING, add(1, whole, 8, 16, false, 1000), "the first is forgotten");
    assertEquals(1, reassembly.abandoned());
    assertEquals(Reassembly.WAITING, add(2, whole, 0, 8, true, 1001));
    assertEquals(Reassembly.WAITING, add(3, whole, 0, 8, true, 1002));
    assertEquals(2, reassembly.abandoned());
    assertEquals(16, add(3, whole, 8, 16, false, 1003));
    byte[] into = new byte[16];
    reassembly.take(MemorySegment.ofArray(into), 0);
    assertTrue(MemorySegment.ofArray(into).get(JAVA_BYTE, 0) == 0);
  }
}
