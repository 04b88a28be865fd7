// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Says in one line what a stack trace says in fifty. */
final class Failure {
  private static final Pattern CAUSE = Pattern.compile("(?m)^Caused by: (.*)$");
  private static final Pattern PLACE =
      Pattern.compile("(?m)^\\s+at (?:[\\w.$-]+//)?([\\w.$<>]+\\([^)]*\\))");

  private Failure() {}

  /** The innermost cause, and where it was thrown. */
  static String summary(Throwable failure) {
    Throwable cause = failure;
    while (cause.getCause() != null && cause.getCause() != cause) {
      cause = cause.getCause();
    }
    StackTraceElement[] trace = cause.getStackTrace();
    return trace.length == 0 ? cause.toString() : cause + " at " + trace[0];
  }

  /** The same, from the text of a stack trace. */
  static String summary(@Nullable String trace) {
    if (trace == null || trace.isBlank()) {
      return "no reason given";
    }
    String last = trace.lines().findFirst().orElse("");
    int from = 0;
    Matcher cause = CAUSE.matcher(trace);
    while (cause.find()) {
      last = cause.group(1);
      from = cause.end();
    }
    Matcher place = PLACE.matcher(trace);
    return place.find(from) ? last + " at " + place.group(1) : last;
  }
}
