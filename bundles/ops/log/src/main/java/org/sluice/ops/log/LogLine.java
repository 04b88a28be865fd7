// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;
import org.sluice.host.api.Prose;

/**
 * One record.
 *
 * @param source the name of the logger
 * @param fields what belongs to it, by key
 */
record LogLine(
    Instant time, Severity level, String source, String message, Map<String, String> fields)
    implements Prose {

  static LogLine lost(long lines) {
    return own("records were lost because nobody read standard error", Map.of("lost", "" + lines));
  }

  /** What the log says of itself. */
  static LogLine own(String message, Map<String, String> fields) {
    return new LogLine(Instant.now(), Severity.WARN, "org.sluice.ops.log", message, fields);
  }

  /** With one more field at the end. */
  LogLine with(String key, String value) {
    Map<String, String> more = new LinkedHashMap<>(fields);
    more.put(key, value);
    return new LogLine(time, level, source, message, more);
  }

  /** For people, who need not see the stack in one line. */
  @Override
  public String prose() {
    StringBuilder out = new StringBuilder();
    out.append(time.truncatedTo(ChronoUnit.MILLIS));
    out.append("  %-5s  %s  %s".formatted(level.word(), source, message));
    fields.forEach(
        (key, value) -> {
          if (!key.equals(Fields.STACK)) {
            out.append("  ").append(key).append('=').append(value);
          }
        });
    // One line a record here too, whatever the record says.
    return Escape.text(out.toString());
  }
}
