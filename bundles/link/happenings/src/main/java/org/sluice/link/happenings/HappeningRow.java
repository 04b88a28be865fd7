// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.time.Instant;
import org.sluice.link.api.Happening;

/**
 * A happening in one line.
 *
 * @param number of the event it follows from
 * @param subject an address, a route, the former name; empty when the link says all
 */
record HappeningRow(
    long number,
    Instant time,
    String happening,
    String link,
    String subject,
    boolean initial,
    int index,
    String source) {

  static HappeningRow of(Happening happening) {
    return new HappeningRow(
        happening.number(),
        happening.time(),
        happening.kind().word(),
        happening.link().name(),
        happening.subject(),
        happening.initial(),
        happening.link().index(),
        happening.source());
  }
}
