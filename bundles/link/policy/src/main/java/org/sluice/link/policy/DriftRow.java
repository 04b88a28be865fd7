// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Something that is not as it should be, or was not and was put right.
 *
 * @param state {@code missing}, {@code different}, {@code surplus} now; {@code healed} at that time
 * @param what in the words of {@code ip}
 * @param by who took it away; empty when nobody knows
 */
record DriftRow(Instant time, String state, String link, String what, String by) {

  /** Healed ones first, in the order of time. */
  static List<DriftRow> of(List<Heal> heals, Outlook outlook) {
    List<DriftRow> rows = new ArrayList<>();
    for (Heal heal : heals) {
      rows.add(new DriftRow(heal.time(), "healed", heal.link(), heal.what(), heal.by()));
    }
    IntFunction<String> names = outlook.scene().names();
    Instant now = Instant.now();
    for (Step step : outlook.plan().steps()) {
      String state =
          switch (step.action()) {
            case ADD -> "missing";
            case REPLACE -> "different";
            case REMOVE -> "surplus";
          };
      rows.add(
          new DriftRow(
              now, state, PlanRow.link(outlook, step.subject()), step.subject().text(names), ""));
    }
    return rows;
  }
}
