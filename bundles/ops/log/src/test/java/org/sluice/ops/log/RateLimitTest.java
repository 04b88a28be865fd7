// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final long SECOND = 1_000_000_000L;
  private static final RateLimit.Kind KIND = RateLimit.Kind.of("s", "link eth0 is down");

  private final RateLimit limit = new RateLimit(3, 2);

  private int admitted(RateLimit.Kind kind, int records, long now) {
    int passed = 0;
    for (int i = 0; i < records; i++) {
      passed += limit.admit(kind, now).passes() ? 1 : 0;
    }
    return passed;
  }

  @Test
  void aBurstPassesThenSoManyASecond() {
    assertEquals(3, admitted(KIND, 10, 0));
    assertEquals(2, admitted(KIND, 10, SECOND));
    assertEquals(0, admitted(KIND, 10, SECOND + SECOND / 4));
    assertEquals(3, admitted(KIND, 10, 100 * SECOND), "no more than a burst is saved up");
  }

  @Test
  void theNextThatPassesTellsHowManyDidNot() {
    admitted(KIND, 10, 0);
    assertEquals(new RateLimit.Verdict(true, 7, false), limit.admit(KIND, SECOND));
    assertEquals(new RateLimit.Verdict(true, 0, false), limit.admit(KIND, SECOND));
    assertFalse(limit.pending());
  }

  @Test
  void aRushThatIsOverIsToldOnce() {
    admitted(KIND, 10, 0);
    assertTrue(limit.pending());
    assertEquals(List.of(), limit.settled(SECOND / 4));
    assertEquals(List.of(new RateLimit.Rest(KIND, 7)), limit.settled(SECOND));
    assertEquals(List.of(), limit.settled(2 * SECOND));
    assertFalse(limit.pending());
  }

  @Test
  void onlyTheFirstThatIsKeptBackWakesTheWriter() {
    admitted(KIND, 3, 0);
    assertTrue(limit.admit(KIND, 0).first());
    assertFalse(limit.admit(KIND, 0).first());
  }

  @Test
  void kindsDoNotLimitOneAnotherAndNumbersMakeNoKind() {
    assertEquals(3, admitted(KIND, 10, 0));
    assertEquals(3, admitted(RateLimit.Kind.of("s", "another text"), 10, 0));
    assertEquals(3, admitted(RateLimit.Kind.of("t", "link eth0 is down"), 10, 0));
    assertEquals(0, admitted(RateLimit.Kind.of("s", "link eth123 is down"), 10, 0));
  }

  @Test
  void manyKindsTakeBoundedMemoryAndNothingIsForgotten() {
    admitted(KIND, 10, 0);
    for (int i = 0; i < 5000; i++) {
      limit.admit(
          RateLimit.Kind.of(
              "s",
              "kind " + (char) ('a' + i % 26) + "x".repeat(i % 70) + (char) ('a' + i / 26 % 26)),
          0);
    }
    assertTrue(limit.settled(0).contains(new RateLimit.Rest(KIND, 7)));
  }

  @Test
  void zeroLimitsNothing() {
    RateLimit none = new RateLimit(0, 1);
    for (int i = 0; i < 1000; i++) {
      assertTrue(none.admit(KIND, 0).passes());
    }
  }
}
