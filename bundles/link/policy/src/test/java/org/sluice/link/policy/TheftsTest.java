// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.IpPrefix;

class TheftsTest {
  private static final OwnedRule RULE =
      new OwnedRule(100, IpPrefix.parse("10.1.0.2/32"), 500, false);
  private static final int OWN = (int) ProcessHandle.current().pid();

  private final Thefts thefts = new Thefts();

  private List<String> by() {
    return thefts.heals().stream().map(Heal::by).toList();
  }

  @Test
  void theNewsAndTheLookComeInEitherOrder() {
    thefts.saw(RULE, OWN);
    thefts.healed("eth1", RULE, "a rule");
    thefts.healed("eth1", RULE, "a rule");
    assertEquals("", by().get(1), "nobody knows yet");
    thefts.saw(RULE, OWN);
    for (String name : by()) {
      assertTrue(name.contains("(pid " + OWN + ")"), name);
    }
    thefts.healed("eth1", RULE, "a rule");
    assertEquals("", by().get(2), "each is told once");
  }

  @Test
  void whoIsNotToBeFoundIsANumber() {
    thefts.saw(RULE, 0x7fff_fff0);
    thefts.healed("eth1", RULE, "a rule");
    thefts.saw(RULE, -5);
    thefts.healed("eth1", RULE, "a rule");
    thefts.saw(RULE, 0);
    thefts.forget(RULE);
    thefts.healed("eth1", RULE, "a rule");
    assertEquals(List.of("pid 2147483632", "netlink port 4294967291", ""), by());
  }

  @Test
  void notForEver() {
    for (int i = 0; i < 2000; i++) {
      thefts.healed("eth1", RULE, "rule " + i);
    }
    assertEquals(500, thefts.heals().size());
    assertEquals("rule 1999", thefts.heals().getLast().what());
  }
}
