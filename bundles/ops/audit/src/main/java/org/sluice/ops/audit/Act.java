// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.logging.LogRecord;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Something that was done.
 *
 * @param number rises by one, also over restarts
 * @param action such as {@code config-applied}
 * @param actor who did it: {@code file}, {@code user root}, {@code kernel}; empty when unknown
 * @param subject what it was done to
 * @param outcome {@code done}, {@code refused}, {@code failed}
 * @param details whatever else is known
 */
record Act(
    long number,
    Instant time,
    String action,
    String actor,
    String subject,
    String outcome,
    Map<String, String> details) {
  private static final int LONGEST = 4096;

  /** A field of the template: its value is a parameter, or a word of the template itself. */
  private static final Pattern FIELD = Pattern.compile("(\\w+)=\"?((?:\\{(\\d{1,3})})|[^\\s\"{]+)");

  /** Empty when the record says that nothing was changed. */
  static Optional<Act> of(LogRecord record) {
    SortedMap<String, String> details = new TreeMap<>();
    String message = String.valueOf(record.getMessage());
    Object[] parameters = record.getParameters();
    Matcher field = FIELD.matcher(message);
    while (field.find()) {
      String number = field.group(3);
      int place = number == null ? -1 : Integer.parseInt(number);
      details.put(
          field.group(1),
          place < 0 || parameters == null || place >= parameters.length
              ? field.group(2)
              : bounded(parameters[place]));
    }
    if ("true".equals(details.remove("reads"))) {
      return Optional.empty();
    }
    String user = details.remove("user");
    String actor = taken(details, "actor", user == null ? "" : "user " + user);
    String subject = taken(details, "subject", taken(details, "command", ""));
    String exit = details.getOrDefault("exit", "0");
    String outcome = taken(details, "outcome", exit.equals("0") ? "done" : "failed");
    int blank = message.indexOf(' ');
    String action = bounded(blank < 0 ? message : message.substring(0, blank));
    return Optional.of(new Act(0, record.getInstant(), action, actor, subject, outcome, details));
  }

  private static String taken(Map<String, String> details, String key, String otherwise) {
    String value = details.remove(key);
    return value == null ? otherwise : value;
  }

  private static String bounded(Object value) {
    String text = String.valueOf(value);
    return text.length() <= LONGEST ? text : text.substring(0, LONGEST) + "…";
  }

  Act numbered(long as) {
    return new Act(as, time, action, actor, subject, outcome, details);
  }
}
