// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KNOWN =
      List.of("link:list", "link:show", "host:plugins", "host:explain");

  @Test
  void findsWhatWasMeant() {
    assertEquals(List.of("link:list"), Nearest.to("link:lsit", KNOWN));
    assertEquals(List.of("host:plugins"), Nearest.to("host:plugin", KNOWN));
    assertEquals(List.of(), Nearest.to("weather", KNOWN));
    assertEquals("; did you mean link:list?", Nearest.question("Link:List1", KNOWN));
  }

  @Test
  void aSwapCountsOnce() {
    assertEquals(1, Nearest.distance("ab", "ba"));
    assertEquals(3, Nearest.distance("kitten", "sitting"));
  }
}
