// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestNamesTest {
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
        NearestNames.of("KernelLinks", NAMES, 3));
  }

  @Test
  void findsTheSameClassInAnotherPackage() {
    assertEquals("com.acme.other.KernelLinks", nearest("com.acme.misspelt.utterly.KernelLinks"));
  }

  @Test
  void findsAPart() {
    assertEquals(List.of("org.sluice.link.table"), NearestNames.of("link.tab", NAMES, 3));
  }

  @Test
  void ignoresCase() {
    assertEquals("org.sluice.link.table", nearest("org.sluice.Link.Table"));
  }

  @Test
  void findsNothingNearNothing() {
    assertEquals(List.of(), NearestNames.of("zebra", NAMES, 3));
    assertEquals(List.of(), NearestNames.of("x", NAMES, 3));
  }

  @Test
  void keepsToTheLimit() {
    assertEquals(2, NearestNames.of("org.sluice.link.kernel", NAMES, 2).size());
  }

  @Test
  void countsEdits() {
    assertEquals(0, NearestNames.distance("abc", "abc"));
    assertEquals(1, NearestNames.distance("abcd", "abdc"));
    assertEquals(3, NearestNames.distance("abc", ""));
  }

  private static String nearest(String wanted) {
    return NearestNames.of(wanted, NAMES, 1).getFirst();
  }
}
