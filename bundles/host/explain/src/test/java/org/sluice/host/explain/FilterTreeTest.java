// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FilterTreeTest {
  @Test
  void writesWhatItRead() {
    for (String filter :
        List.of("(a=b)", "(&(a=b)(!(c>=1))(|(d=*)(e~=f)))", "(a=b\\)c)", "(a=*x*y)")) {
      assertEquals(filter, FilterTree.parse(filter).toString());
    }
  }

  @Test
  void namesThePropertyThatDoesNotFit() {
    FilterTree filter = FilterTree.parse("(&(kind=fast)(zone=a))");
    assertEquals(
        List.of("its kind is slow (wanted (kind=fast))"),
        filter.failures(Map.of("kind", "slow", "zone", "a")));
    assertEquals(
        List.of("it has no property kind (wanted (kind=fast))"),
        filter.failures(Map.of("zone", "a")));
    assertTrue(filter.failures(Map.of("Kind", "fast", "zone", "a")).isEmpty());
  }

  @Test
  void readsVersionRanges() {
    assertEquals(
        "[1.2,2.0)",
        FilterTree.parse("(&(p=x)(version>=1.2.0)(!(version>=2.0.0)))").range("version"));
    assertEquals("≥ 1.2.3", FilterTree.parse("(&(p=x)(version>=1.2.3))").range("version"));
    assertEquals("[1.0,1.0]", FilterTree.parse("(&(version>=1.0)(version<=1.0))").range("version"));
    assertEquals("25", FilterTree.parse("(&(osgi.ee=JavaSE)(version=25))").range("version"));
    assertEquals("", FilterTree.parse("(p=x)").range("version"));
    assertEquals("x", FilterTree.parse("(&(p=x)(version>=1.2.0))").equal("p"));
  }

  @Test
  void refusesWhatIsNoFilter() {
    assertThrows(IllegalArgumentException.class, () -> FilterTree.parse("(a=b"));
  }
}
