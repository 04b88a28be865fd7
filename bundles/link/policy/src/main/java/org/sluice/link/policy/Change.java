// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Instant;

/**
 * A step that was taken, or that the kernel refused.
 *
 * @param step {@code add}, {@code replace}, {@code remove}
 * @param kind {@code rule} or {@code route}
 * @param link what it is for; empty when the link is not known any more
 * @param what in the words of {@code ip}
 * @param healed whether it had been in force before, and was lost
 * @param problem why it was refused; empty when it was done
 */
record Change(
    Instant time,
    String step,
    String kind,
    String family,
    String link,
    String what,
    boolean healed,
    String problem) {

  static Change done(Step step, String link, String what, boolean healed) {
    return of(step, link, what, healed, "");
  }

  static Change refused(Step step, String link, String what, String problem) {
    return of(step, link, what, false, problem);
  }

  private static Change of(Step step, String link, String what, boolean healed, String problem) {
    Owned subject = step.subject();
    return new Change(
        Instant.now(),
        step.action().word(),
        subject.kind(),
        subject.family(),
        link,
        what,
        healed,
        problem);
  }
}
