// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.LinkFlag;

class ClaimTest {

  @Test
  void anExactNameGoesBeforeAPatternAndThatIsNoConflict() {
    Claim.Outcome outcome =
        Claim.of(
            List.of(Samples.eth(1), Samples.eth(2)),
            List.of(Samples.spec("all", "eth*"), Samples.spec("second", "eth2")));
    assertEquals(List.of(), outcome.conflicts());
    assertEquals(
        List.of("eth1 all", "eth2 second"),
        outcome.claims().stream().map(c -> c.link().name() + " " + c.spec().name()).toList());
  }

  @Test
  void twoThatClaimTheSame() {
    Claim.Outcome outcome =
        Claim.of(
            List.of(Samples.eth(1)),
            List.of(Samples.spec("b", "eth1"), Samples.spec("a", "02:00:00:00:00:01")));
    assertEquals("a", outcome.claims().getFirst().spec().name());
    assertEquals(1, outcome.conflicts().size());
    assertTrue(outcome.conflicts().getFirst().text().contains("a and b both claim link eth1"));
    assertTrue(outcome.conflicts().getFirst().remedy().contains("link~b.cfg.json"));
  }

  @Test
  void aTableServesOneLink() {
    Claim.Outcome outcome =
        Claim.of(List.of(Samples.eth(1), Samples.eth(2)), List.of(Samples.spec("a", 100, "eth*")));
    assertEquals(1, outcome.claims().size());
    assertTrue(outcome.conflicts().getFirst().text().contains("table 100 is that of link eth1"));
  }

  @Test
  void theLoopbackLinkIsNobodys() {
    assertEquals(
        List.of(),
        Claim.of(
                List.of(Samples.link(1, "lo", "", LinkFlag.LOOPBACK)),
                List.of(Samples.spec("a", "*", "lo")))
            .claims());
  }
}
