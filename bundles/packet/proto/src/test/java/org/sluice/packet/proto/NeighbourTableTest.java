// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.sluice.packet.proto.NeighbourTable.Route;
import org.sluice.packet.proto.Neighbourhood.Evidence;

class NeighbourTableTest {
  private static final long MAC = 0x0200_5e10_0001L;
  private static final long SECOND = NeighbourTable.BETWEEN_QUESTIONS;

  private final NeighbourTable table =
      new NeighbourTable(
          List.of(
              Route.via("0.0.0.0/0", "10.0.0.254"),
              Route.onLink("10.0.0.0/8"),
              Route.via("10.1.0.0/16", "10.0.0.253")),
          8);

  private static long low(int last) {
    return Ip.mapped(0x0a00_0000 | last);
  }

  @Test
  void theLongestPrefixDecides() {
    Hop hop = new Hop();
    assertTrue(table.route(0, Ip.mapped(0x0a02_0001), hop));
    assertEquals(Ip.mapped(0x0a02_0001), hop.low());
    assertTrue(table.route(0, Ip.mapped(0x0a01_0001), hop));
    assertEquals(low(253), hop.low());
    assertTrue(table.route(0, Ip.mapped(0xc000_0201), hop));
    assertEquals(low(254), hop.low());
    assertFalse(table.route(1, 1, hop));
  }

  @Test
  void strangersAreNotLearned() {
    assertFalse(table.learn(0, low(1), MAC, Evidence.ANSWER, 0));
    assertEquals(0, table.count());
    assertEquals(Neighbourhood.UNKNOWN, table.mac(0, low(1), 0));
    assertFalse(table.learn(0, low(1), Ethernet.BROADCAST, Evidence.ANSWER, 0));
    assertFalse(table.learn(0, low(1), 0, Evidence.ANSWER, 0));
    assertTrue(table.learn(0, low(1), MAC, Evidence.HINT, 0));
    assertEquals(MAC, table.mac(0, low(1), 0));
  }

  @Test
  void anotherAddressIsBelievedOnceASecond() {
    table.mac(0, low(1), 0);
    table.learn(0, low(1), MAC, Evidence.ANSWER, 0);
    table.learn(0, low(1), MAC + 1, Evidence.ANNOUNCEMENT, SECOND - 1);
    assertEquals(MAC, table.mac(0, low(1), SECOND));
    table.learn(0, low(1), MAC + 1, Evidence.HINT, SECOND);
    assertEquals(MAC, table.mac(0, low(1), SECOND));
    table.learn(0, low(1), MAC + 1, Evidence.ANNOUNCEMENT, SECOND);
    assertEquals(MAC + 1, table.mac(0, low(1), SECOND));
  }

  @Test
  void whatIsOldIsUsedWhileItIsAskedFor() {
    table.mac(0, low(1), 0);
    table.learn(0, low(1), MAC, Evidence.ANSWER, 0);
    assertFalse(table.ask(0, low(1), NeighbourTable.FRESH - 1));
    long now = NeighbourTable.FRESH;
    for (int i = 0; i < NeighbourTable.QUESTIONS; i++) {
      assertEquals(MAC, table.mac(0, low(1), now));
      assertTrue(table.ask(0, low(1), now));
      assertFalse(table.ask(0, low(1), now));
      now += SECOND;
    }
    assertEquals(Neighbourhood.UNREACHABLE, table.mac(0, low(1), now));
    now += NeighbourTable.UNREACHABLE_FOR;
    assertEquals(Neighbourhood.UNKNOWN, table.mac(0, low(1), now));
    assertTrue(table.ask(0, low(1), now));
  }

  @Test
  void whoWasUsedLongestAgoIsForgotten() {
    SplittableRandom random = new SplittableRandom(401);
    for (int i = 0; i < 10_000; i++) {
      table.mac(0, low(random.nextInt(1000)), i);
      assertTrue(table.count() <= 8);
    }
    for (int i = 0; i < 8; i++) {
      table.mac(0, low(i), 20_000 + i);
      assertTrue(table.learn(0, low(i), MAC + i, Evidence.ANSWER, 20_000 + i));
    }
    table.mac(0, low(0), 20_100);
    table.mac(0, low(99), 20_101);
    assertEquals(MAC, table.mac(0, low(0), 20_102));
    for (int i = 2; i < 8; i++) {
      assertEquals(MAC + i, table.mac(0, low(i), 20_102));
    }
    assertEquals(Neighbourhood.UNKNOWN, table.mac(0, low(1), 20_103));
  }

  @Test
  void thereAreNotTooManyQuestionsInASecond() {
    NeighbourTable large = new NeighbourTable(List.of(Route.onLink("10.0.0.0/8")), 1000);
    int asked = 0;
    for (int i = 0; i < 1000; i++) {
      large.mac(0, low(i), 5);
      asked += large.ask(0, low(i), 5) ? 1 : 0;
    }
    assertEquals(NeighbourTable.QUESTIONS_A_SECOND, asked);
    assertTrue(large.ask(0, low(999), 5 + SECOND));
  }
}
