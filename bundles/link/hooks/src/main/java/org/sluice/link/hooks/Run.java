// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;

/**
 * What became of one hook on one occasion.
 *
 * @param id counts the runs since the bundle was started
 * @param number of the event
 * @param exit what it returned, or 128 and the number of the signal that ended it; -1 when it did
 *     not run
 * @param millis from its start to its end
 * @param delay from the moment the table learned of the event to its start, in milliseconds
 * @param reason why it did not run or was ended; empty when nothing is to be told
 * @param output the first of what it wrote, printable
 */
record Run(
    long id,
    Instant time,
    long number,
    String event,
    String link,
    String hook,
    String user,
    Outcome outcome,
    int exit,
    double millis,
    double delay,
    long suppressed,
    String reason,
    String output) {

  /** How it went. */
  enum Outcome {
    OK,
    FAILED,
    TIMEOUT,
    /** It was ended because the bundle stops. */
    STOPPED,
    /** It was not run: who may change it is not trusted, or the kernel would not. */
    REFUSED
  }

  boolean bad() {
    return outcome == Outcome.FAILED || outcome == Outcome.TIMEOUT || outcome == Outcome.REFUSED;
  }
}
