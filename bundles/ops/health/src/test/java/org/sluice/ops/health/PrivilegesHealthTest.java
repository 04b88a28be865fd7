// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.ops.api.Health;

class PrivilegesHealthTest {
  private static final String ALL = thread("000001ffffffffff", 0);
  private static final String ONE = thread("0000000000001000", 0);
  private static final String NONE = thread("0000000000000000", 0);
  private static final String RENOUNCED = thread("0000000000000000", 1);

  private static String thread(String effective, int noNewPrivileges) {
    return "Uid:\t1001\t1001\t1001\t1001\nCapEff:\t%s\nNoNewPrivs:\t%d\n"
        .formatted(effective, noNewPrivileges);
  }

  private static Health.Status status(String... threads) {
    return PrivilegesHealth.of(List.of(threads), null).status();
  }

  @Test
  void threadsThatDifferAreCritical() {
    assertEquals(Health.Status.OK, status(ALL, ALL));
    assertEquals(Health.Status.CRITICAL, status(ALL, ONE));
    assertEquals(Health.Status.CRITICAL, status(ONE, NONE));
    assertEquals(Health.Status.CRITICAL, status(ALL, RENOUNCED, ONE));
  }

  @Test
  void aThreadThatGaveUpAllForGoodMayBeThere() {
    assertEquals(Health.Status.OK, status(ALL, RENOUNCED, ALL));
    assertEquals(Health.Status.OK, status(RENOUNCED, RENOUNCED));
    String text = PrivilegesHealth.of(List.of(ALL, RENOUNCED, ALL), null).text();
    assertTrue(text.contains("every one of 2 threads, and 1 without any"), text);
  }
}
