// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.sluice.host.api.Detail;

/**
 * A run in one line.
 *
 * @param number of the event, as in link:events
 * @param exit what it returned, or 128 and the number of the signal that ended it; -1 when it did
 *     not run
 * @param text why it did not run or was ended, and the first of what it wrote
 */
record RunRow(
    long run,
    Instant time,
    long number,
    String event,
    String link,
    String hook,
    String outcome,
    int exit,
    double ms,
    String text,
    @Detail String user,
    @Detail double delayMs,
    @Detail long suppressed,
    @Detail String output) {
  private static final int LINES = 2;
  private static final int LONGEST = 120;

  static RunRow of(Run run) {
    String first = run.output().lines().limit(LINES).collect(Collectors.joining(" ⏎ "));
    String text = run.reason().isEmpty() ? first : run.reason();
    return new RunRow(
        run.id(),
        run.time(),
        run.number(),
        run.event(),
        run.link(),
        run.hook(),
        run.outcome().name().toLowerCase(Locale.ROOT),
        run.exit(),
        run.millis(),
        run.reason().isEmpty() && text.length() > LONGEST ? text.substring(0, LONGEST) + "…" : text,
        run.user(),
        run.delay(),
        run.suppressed(),
        run.output());
  }

  static List<RunRow> in(Journal journal, int limit) {
    return journal.recent(limit).stream().map(RunRow::of).toList();
  }
}
