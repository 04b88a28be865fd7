// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class NearestTest {
  private static final List<String> KEYS = List.of("times", "greeting", "withdrawAfter", "port");

  @Test
  void findsWhatWasMeant() {
    assertEquals(Optional.of("times"), Nearest.to("tiems", KEYS));
    assertEquals(Optional.of("times"), Nearest.to("time", KEYS));
    assertEquals(Optional.of("greeting"), Nearest.to("Greting", KEYS));
    assertEquals(Optional.of("withdrawAfter"), Nearest.to("withdrawafter", KEYS));
  }

  @Test
  void guessesNothingFarFetched() {
    assertEquals(Optional.empty(), Nearest.to("colour", KEYS));
    assertEquals(Optional.empty(), Nearest.to("x", KEYS));
    assertEquals(Optional.empty(), Nearest.to("p".repeat(10_000), KEYS));
  }
}
