// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;

/**
 * Hears what the component runtime and Config Admin complain of. A component whose {@code Modified}
 * method throws stays up with its old values; only the log tells.
 */
final class LogWatch implements LogListener, AutoCloseable {
  private final LogReaderService reader;
  private final List<Complaint> complaints = new ArrayList<>();

  LogWatch(LogReaderService reader) {
    this.reader = reader;
    reader.addLogListener(this);
  }

  private record Complaint(String text, @Nullable Throwable thrown) {}

  /** On a thread of the log service. */
  @Override
  public void logged(LogEntry entry) {
    String message = entry.getMessage();
    if (entry.getLogLevel() == LogLevel.ERROR && message != null) {
      synchronized (complaints) {
        complaints.add(new Complaint(message, entry.getException()));
      }
    }
  }

  /** The first complaint that names a component or a PID; null when there is none. */
  @Nullable String about(String name) {
    // Both write the name in brackets: "[org.acme.Hello(3)] : …", "[org.acme.hello]: …".
    Pattern named = Pattern.compile("\\[" + Pattern.quote(name) + "[\\](: ,]");
    List<Complaint> heard;
    synchronized (complaints) {
      heard = List.copyOf(complaints);
    }
    for (Complaint complaint : heard) {
      Matcher matcher = named.matcher(complaint.text);
      if (matcher.find()) {
        return complaint.thrown == null
            ? complaint.text.substring(matcher.start()).strip()
            : "threw " + root(complaint.thrown);
      }
    }
    return null;
  }

  private static String root(Throwable thrown) {
    Throwable root = thrown;
    for (int depth = 0; root.getCause() != null && depth < 50; depth++) {
      root = root.getCause();
    }
    return root.toString();
  }

  @Override
  public void close() {
    reader.removeLogListener(this);
  }
}
