// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.api;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class SpellingTest {
  private static final List<String> NAMES =
      List.of(
          "org.sluice.link.kernel",
          "org.sluice.link.kernel.KernelLinks",
          "org.sluice.link.table",
          "org.sluice.host.config",
          "com.acme.other.KernelLinks");

  @Test
  void findsASwappedLetter() {
    assertEquals("org.sluice.link.kernel", nearest("org.sluice.link.kenrel"));
  }

  @Test
  void findsADroppedLetter() {
    assertEquals("org.sluice.host.config", nearest("org.sluice.hst.config"));
  }

  @Test
  void findsTheLastWordAlone() {
    assertEquals(
        List.of("com.acme.other.KernelLinks", "org.sluice.link.kernel.KernelLinks"),
        Spelling.near("KernelLinks", NAMES, 3));
  }

  @Test
  void findsTheSameClassInAnotherPackage() {
    assertEquals("com.acme.other.KernelLinks", nearest("com.acme.misspelt.utterly.KernelLinks"));
  }

  @Test
  void findsAPart() {
    assertEquals(List.of("org.sluice.link.table"), Spelling.near("link.tab", NAMES, 3));
  }

  @Test
  void ignoresCase() {
    assertEquals("org.sluice.link.table", nearest("org.sluice.Link.Table"));
  }

  @Test
  void findsNothingNearNothing() {
    assertEquals(List.of(), Spelling.near("zebra", NAMES, 3));
    assertEquals(List.of(), Spelling.near("x", NAMES, 3));
  }

  @Test
  void keepsToTheLimit() {
    assertEquals(2, Spelling.near("org.sluice.link.kernel", NAMES, 2).size());
  }

  @Test
  void findsKeysAndCommands() {
    List<String> known = List.of("times", "greeting", "withdrawAfter", "link:list", "host:plugins");
    assertEquals(List.of("times"), Spelling.near("tiems", known, 1));
    assertEquals(List.of("greeting"), Spelling.near("Greting", known, 1));
    assertEquals(List.of("withdrawAfter"), Spelling.near("withdrawafter", known, 1));
    assertEquals("; did you mean link:list?", Spelling.question("Link:List1", known));
    assertEquals("", Spelling.question("weather", known));
    assertEquals(List.of(), Spelling.near("p".repeat(10_000), known, 1));
  }

  @Test
  void countsEdits() {
    assertEquals(0, Spelling.distance("abc", "abc"));
    assertEquals(1, Spelling.distance("abcd", "abdc"));
    assertEquals(3, Spelling.distance("abc", ""));
  }

  private static String nearest(String wanted) {
    return Spelling.near(wanted, NAMES, 1).getFirst();
  }
}
