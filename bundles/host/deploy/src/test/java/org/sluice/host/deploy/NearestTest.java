// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {

  @Test
  void findsWhatWasMeant() {
    assertEquals(
        "; the nearest is org.sluice.host.api",
        Nearest.hint("org.sluice.host.apis", List.of("org.sluice.ops.api", "org.sluice.host.api")));
    assertEquals("", Nearest.hint("com.acme", List.of("org.sluice.host.api")));
    assertEquals(1, Nearest.distance("abc", "abd", 9));
    assertEquals(3, Nearest.distance("kitten", "sitting", 9));
  }

  @Test
  void aFailureIsTheInnermostCauseAndItsPlace() {
    Exception e = new Exception("outer", new IllegalStateException("inner"));
    String summary = Failure.summary(e);
    assertTrue(summary.contains("inner") && summary.contains("NearestTest.java"), summary);
    assertEquals(
        "a.B: inner at p.Q.run(Q.java:5)",
        Failure.summary(
            "x.Y: outer\n\tat p.R.r(R.java:1)\nCaused by: a.B: inner\n\tat p.Q.run(Q.java:5)\n"));
  }
}
