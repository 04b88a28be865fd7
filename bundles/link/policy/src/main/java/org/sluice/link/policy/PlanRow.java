// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.List;
import java.util.function.IntFunction;

/**
 * One step of what would be done now.
 *
 * @param step {@code add}, {@code replace}, {@code remove}
 * @param kind {@code rule} or {@code route}
 * @param link what it is for; empty when the link is not known any more
 * @param what in the words of {@code ip}
 */
record PlanRow(String step, String kind, String family, String link, String what) {

  static List<PlanRow> of(Outlook outlook) {
    IntFunction<String> names = outlook.scene().names();
    return outlook.plan().steps().stream()
        .map(
            step ->
                new PlanRow(
                    step.action().word(),
                    step.subject().kind(),
                    step.subject().family(),
                    link(outlook, step.subject()),
                    step.subject().text(names)))
        .toList();
  }

  static String link(Outlook outlook, Owned subject) {
    return outlook
        .desired()
        .lane(subject)
        .map(lane -> lane.link().name())
        .orElseGet(
            () ->
                subject instanceof OwnedRoute route && route.link() != 0
                    ? outlook.scene().names().apply(route.link())
                    : "");
  }
}
