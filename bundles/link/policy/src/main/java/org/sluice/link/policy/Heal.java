// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.time.Instant;

/**
 * Something that was lost and put back.
 *
 * @param subject what it was
 * @param what the same in the words of {@code ip}
 * @param by who took it away; empty when nobody knows
 */
record Heal(Instant time, String link, Owned subject, String what, String by) {

  Heal by(String name) {
    return new Heal(time, link, subject, what, name);
  }
}
