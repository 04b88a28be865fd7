// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Set;

/** Colours that mean something: how a thing is. */
final class Colors {
  private static final Set<String> WELL = Set.of("ACTIVE", "OK", "UP", "IN_FORCE", "FULL");
  private static final Set<String> WAITING =
      Set.of("WARN", "WARNING", "ARRIVING", "STARTING", "HELD", "DORMANT", "PENDING");
  private static final Set<String> ILL =
      Set.of("CRITICAL", "QUARANTINED", "FAILED", "DOWN", "ERROR", "REFUSED", "INVALID");

  private Colors() {}

  static String bold(String text) {
    return "\u001b[1m" + text + "\u001b[0m";
  }

  /**
   * @param state a word for a state, or any other text, which stays as it is
   * @param text the same, padded
   */
  static String state(String state, String text) {
    int color =
        WELL.contains(state) ? 32 : WAITING.contains(state) ? 33 : ILL.contains(state) ? 31 : 0;
    return color == 0 ? text : "\u001b[" + color + "m" + text + "\u001b[0m";
  }

  static String error(String text) {
    return "\u001b[31m" + text + "\u001b[0m";
  }
}
