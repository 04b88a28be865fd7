// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.SimpleFormatter;
import org.jspecify.annotations.Nullable;

/** What the loggers of the JDK, and through it {@code System.Logger} and SLF4J, hand over to. */
final class RootHandler extends Handler {
  private static final int MOST_MESSAGE = 16_384;
  private static final int MOST_STACK = 16_384;

  private final LogCenter center;
  private final SimpleFormatter formatter = new SimpleFormatter();

  RootHandler(LogCenter center) {
    this.center = center;
  }

  @Override
  public void publish(@Nullable LogRecord record) {
    if (record == null || !isLoggable(record)) {
      return;
    }
    String name = record.getLoggerName() == null ? "root" : record.getLoggerName();
    String raw = String.valueOf(record.getMessage());
    Object[] parameters = record.getParameters();
    boolean template = parameters != null && parameters.length > 0;
    LogLine line =
        line(
            record.getInstant(),
            Severity.of(record.getLevel()),
            name,
            message(record, raw),
            Map.of(),
            record.getThrown());
    center.accept(line, template ? raw : line.message());
  }

  /** A parameter whose {@code toString} throws must not cost the record. */
  private String message(LogRecord record, String raw) {
    try {
      return String.valueOf(formatter.formatMessage(record));
    } catch (RuntimeException e) {
      return raw + " unformatted=\"" + e.getClass().getName() + "\"";
    }
  }

  /** A line of a message and what belongs to it. */
  static LogLine line(
      Instant time,
      Severity level,
      String source,
      String message,
      Map<String, String> more,
      @Nullable Throwable thrown) {
    Fields parts = Fields.of(cut(message, MOST_MESSAGE));
    Map<String, String> fields = new LinkedHashMap<>(parts.pairs());
    fields.putAll(more);
    if (thrown != null) {
      fields.put(Fields.ERROR, cut(text(thrown), MOST_MESSAGE));
      fields.put(Fields.STACK, cut(stack(thrown), MOST_STACK));
    }
    return new LogLine(time, level, source, parts.text(), fields);
  }

  private static String cut(String text, int most) {
    return text.length() <= most
        ? text
        : text.substring(0, most) + "… (" + (text.length() - most) + " more characters)";
  }

  private static String text(Throwable thrown) {
    try {
      return String.valueOf(thrown);
    } catch (RuntimeException e) {
      return thrown.getClass().getName() + ", which cannot tell its message";
    }
  }

  private static String stack(Throwable thrown) {
    StringWriter text = new StringWriter();
    try (PrintWriter to = new PrintWriter(text)) {
      thrown.printStackTrace(to);
    } catch (RuntimeException e) {
      text.append("the stack cannot be had: ").append(e.getClass().getName());
    }
    return text.toString().replace("\t", "").strip();
  }

  @Override
  public void flush() {
    center.flush();
  }

  @Override
  public void close() {
    // Its life is that of the component.
  }
}
