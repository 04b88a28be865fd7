// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.sluice.link.api.Link;
import org.sluice.link.api.OperState;

class LinkSelectorTest {
  private static final Link LINK =
      new Link(
          3,
          "eth1.x",
          "ether",
          "02:00:00:00:00:aa",
          "52:54:00:00:00:01",
          1500,
          Set.of(),
          OperState.UP,
          true,
          0,
          0,
          List.of("enp3s0"));

  private static boolean matches(String text) {
    return LinkSelector.parse(text).matches(LINK);
  }

  @Test
  void aNameIsTheWholeName() {
    assertTrue(matches("eth1.x"));
    assertFalse(matches("eth1"), "eth1 is not eth1.x, as it is not eth10");
    assertTrue(matches("enp3s0"), "an alternative name");
    assertFalse(matches("eth1ax"), "a dot is a dot");
  }

  @Test
  void aPattern() {
    assertTrue(matches("eth*"));
    assertTrue(matches("e?h1*"));
    assertTrue(matches("*"));
    assertTrue(matches("enp*"));
    assertFalse(matches("?"));
    assertFalse(matches("eth1?"));
    assertTrue(matches("eth1?x"));
    assertFalse(LinkSelector.parse("eth*").exact());
  }

  @Test
  void aHardwareAddress() {
    assertTrue(matches("02:00:00:00:00:AA"));
    assertTrue(matches("52-54-00-00-00-01"), "the permanent one");
    assertFalse(matches("02:00:00:00:00:ab"));
    assertTrue(LinkSelector.parse("02:00:00:00:00:AA").exact());
  }

  @Test
  void whatNamesNothing() {
    for (String text : List.of("", " ", " eth1", "eth1 ")) {
      assertThrows(IllegalArgumentException.class, () -> LinkSelector.parse(text), text);
    }
  }

  @Test
  void patternsOfRegularExpressionsMeanNothing() {
    assertEquals(LinkSelector.Kind.NAME, LinkSelector.parse("e|.+").kind());
    assertFalse(matches("e|.+"));
    assertFalse(matches("[a-z]*"));
  }
}
