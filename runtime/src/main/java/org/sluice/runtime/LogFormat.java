// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import java.util.logging.ConsoleHandler;
import java.util.logging.Formatter;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;

/** One line a record, as {@code ops.log} writes them, until that bundle takes over. */
final class LogFormat extends Formatter {
  /**
   * Jetty tells what bundles of ours tell better. Held here because the log manager does not: it
   * forgets a logger, with its level, when nobody holds it.
   */
  private static final List<Logger> CHATTY =
      List.of(Logger.getLogger("org.eclipse.jetty"), Logger.getLogger("org.apache.felix.http"));

  static void install() {
    Logger root = Logger.getLogger("");
    for (var handler : root.getHandlers()) {
      root.removeHandler(handler);
    }
    ConsoleHandler handler = new ConsoleHandler();
    handler.setFormatter(new LogFormat());
    root.addHandler(handler);
    root.setLevel(Level.INFO);
    CHATTY.forEach(logger -> logger.setLevel(Level.WARNING));
  }

  @Override
  public String format(LogRecord record) {
    StringBuilder line = new StringBuilder();
    line.append("ts=")
        .append(Instant.ofEpochMilli(record.getMillis()).truncatedTo(ChronoUnit.MILLIS));
    line.append(" level=").append(level(record.getLevel()));
    line.append(" src=").append(record.getLoggerName());
    line.append(" msg=").append(quoted(formatMessage(record)));
    Throwable thrown = record.getThrown();
    if (thrown != null) {
      line.append(" error=").append(quoted(thrown.toString()));
    }
    return line.append('\n').toString();
  }

  private static String level(Level level) {
    return level.intValue() >= Level.SEVERE.intValue()
        ? "error"
        : level.intValue() >= Level.WARNING.intValue()
            ? "warn"
            : level.getName().toLowerCase(Locale.ROOT);
  }

  /** A record stays one line whatever it says. */
  private static String quoted(String text) {
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (Character.isISOControl(c)) {
        out.append(c == '\n' ? "\\n" : " ");
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
