// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * How a trial of a hook went.
 *
 * @param filter what the filter would make of the event: it runs in a trial all the same
 * @param environment what it was told, and on its standard input {@code input}
 */
record TestRow(
    String hook,
    String link,
    String user,
    String filter,
    String outcome,
    int exit,
    double ms,
    String reason,
    List<String> output,
    List<String> environment,
    String input) {

  static TestRow of(Run run, String filter, Map<String, String> environment, String input) {
    return new TestRow(
        run.hook(),
        run.link(),
        run.user(),
        filter,
        run.outcome().name().toLowerCase(Locale.ROOT),
        run.exit(),
        run.millis(),
        run.reason(),
        run.output().lines().toList(),
        environment.entrySet().stream()
            .filter(e -> !e.getValue().equals(input))
            .map(e -> e.getKey() + "=" + e.getValue())
            .toList(),
        input);
  }
}
