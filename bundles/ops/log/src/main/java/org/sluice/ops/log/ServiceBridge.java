// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.log.LogEntry;
import org.osgi.service.log.LogLevel;
import org.osgi.service.log.LogListener;
import org.osgi.service.log.LogReaderService;
import org.osgi.service.log.Logger;
import org.osgi.service.log.admin.LoggerAdmin;
import org.osgi.service.log.admin.LoggerContext;

/**
 * Brings what is told to OSGi's log service: by the component runtime, by Config Admin, by
 * FileInstall, by the framework.
 */
@Component(
    service = {},
    immediate = true,
    configurationPid = "org.sluice.ops.log")
public final class ServiceBridge implements LogListener {
  /** What the component runtime puts before its messages. */
  private static final Pattern COMPONENT =
      Pattern.compile("^bundle \\S+ \\(\\d+\\)\\[([^\\]\\s(]+)(?:\\(\\d+\\))?] : ?");

  /** The log service names the events of the framework so, with the bundle at the end. */
  private static final String EVENTS = "Events.";

  private final LogCenter center;
  private final LogReaderService reader;
  private final LoggerContext context;

  @Activate
  public ServiceBridge(
      @Reference LogCenter center,
      @Reference LogReaderService reader,
      @Reference LoggerAdmin admin,
      LogConfig config) {
    this.center = center;
    this.reader = reader;
    this.context = admin.getLoggerContext(null);
    levels(config);
    reader.addLogListener(this);
  }

  @Modified
  void modified(LogConfig changed) {
    levels(changed);
  }

  private void levels(LogConfig config) {
    Levels levels = Levels.of(config);
    Map<String, LogLevel> all = new LinkedHashMap<>();
    all.put(Logger.ROOT_LOGGER_NAME, levels.normal().osgi());
    levels.own().forEach((name, severity) -> all.put(name, severity.osgi()));
    context.setLogLevels(all);
  }

  @Override
  public void logged(LogEntry entry) {
    Severity level = Severity.of(entry.getLogLevel());
    Bundle bundle = entry.getBundle();
    String owner = bundle == null ? "" : String.valueOf(bundle.getSymbolicName());
    String name = entry.getLoggerName();
    String source = name == null || name.equals("LogService") ? owner : name;
    if (source.startsWith(EVENTS)) {
      source = source.substring(0, source.length() - (owner.isEmpty() ? 0 : owner.length() + 1));
      // One record for every bundle and service that comes or goes is for who asks for it.
      level = level == Severity.INFO ? Severity.DEBUG : level;
    }
    if (!level.reaches(center.levels().least(source))) {
      return;
    }
    String message = String.valueOf(entry.getMessage());
    Map<String, String> more = new LinkedHashMap<>();
    if (!owner.isEmpty() && !owner.equals(source)) {
      more.put(Fields.BUNDLE, owner);
    }
    Matcher component = COMPONENT.matcher(message);
    if (component.find()) {
      more.put(Fields.COMPONENT, component.group(1));
      message = message.substring(component.end());
    }
    LogLine line =
        RootHandler.line(
            Instant.ofEpochMilli(entry.getTime()),
            level,
            source,
            message,
            more,
            entry.getException());
    center.accept(line, owner + " " + line.message());
  }

  @Deactivate
  void deactivate() {
    reader.removeLogListener(this);
    context.setLogLevels(Map.of());
  }
}
