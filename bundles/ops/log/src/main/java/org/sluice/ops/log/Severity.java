// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.Locale;
import java.util.Optional;
import java.util.logging.Level;
import org.osgi.service.log.LogLevel;

/** How bad it is; one scale for all that log. */
enum Severity {
  ERROR(3),
  WARN(4),
  INFO(6),
  DEBUG(7),
  TRACE(7);

  private final int journal;

  Severity(int journal) {
    this.journal = journal;
  }

  String word() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The priority of syslog. */
  int journal() {
    return journal;
  }

  Level jdk() {
    return switch (this) {
      case ERROR -> Level.SEVERE;
      case WARN -> Level.WARNING;
      case INFO -> Level.INFO;
      case DEBUG -> Level.FINE;
      case TRACE -> Level.FINEST;
    };
  }

  LogLevel osgi() {
    return LogLevel.valueOf(name());
  }

  /** Whether this is at least as bad. */
  boolean reaches(Severity least) {
    return compareTo(least) <= 0;
  }

  static Optional<Severity> of(String word) {
    for (Severity severity : values()) {
      if (severity.word().equals(word.toLowerCase(Locale.ROOT))) {
        return Optional.of(severity);
      }
    }
    return Optional.empty();
  }

  static Severity of(Level level) {
    int value = level.intValue();
    if (value >= Level.SEVERE.intValue()) {
      return ERROR;
    }
    if (value >= Level.WARNING.intValue()) {
      return WARN;
    }
    if (value >= Level.INFO.intValue()) {
      return INFO;
    }
    return value >= Level.FINE.intValue() ? DEBUG : TRACE;
  }

  static Severity of(LogLevel level) {
    return switch (level) {
      case AUDIT, ERROR -> ERROR;
      case WARN -> WARN;
      case INFO -> INFO;
      case DEBUG -> DEBUG;
      case TRACE -> TRACE;
    };
  }
}
