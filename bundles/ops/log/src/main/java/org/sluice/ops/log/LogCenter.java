// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/**
 * Where all records come together: limited, kept for {@code host:log}, and written. While it is
 * active it stands in for the handlers of the JDK's root logger.
 */
@Component(
    service = {LogCenter.class, MetricSource.class},
    immediate = true,
    configurationPid = "org.sluice.ops.log")
@Designate(ocd = LogConfig.class)
public final class LogCenter implements MetricSource {
  /** Sources that end so are never limited. */
  private static final String AUDIT = ".audit";

  private final Recent recent;
  private final Output output;
  private final RootHandler handler = new RootHandler(this);
  private final Logger root = Logger.getLogger("");
  private final Handler[] before;
  private final Level levelBefore;
  private final boolean journal;
  private final Map<Severity, LongAdder> written = new EnumMap<>(Severity.class);
  private final LongAdder suppressed = new LongAdder();
  private volatile Setting setting;

  /**
   * @param loggers kept, because the JDK forgets loggers that nobody holds, with their levels
   */
  private record Setting(LineFormat format, Levels levels, RateLimit limit, List<Logger> loggers) {}

  @Activate
  public LogCenter(LogConfig config) {
    for (Severity severity : Severity.values()) {
      written.put(severity, new LongAdder());
    }
    this.before = root.getHandlers();
    this.levelBefore = root.getLevel();
    this.journal = Journal.attached(System.getenv("JOURNAL_STREAM"), Path.of("/proc/self/fd/2"));
    this.recent = new Recent(config.keep());
    this.setting = setting(config, List.of());
    this.output =
        new Output(new FileOutputStream(FileDescriptor.err), this::format, new Suppressed())
            .start();
    root.addHandler(handler);
    for (Handler other : before) {
      root.removeHandler(other);
    }
    complain(setting.levels());
  }

  @Modified
  void modified(LogConfig changed) {
    recent.keep(changed.keep());
    setting = setting(changed, setting.loggers());
    complain(setting.levels());
  }

  private static Setting setting(LogConfig config, List<Logger> last) {
    Levels levels = Levels.of(config);
    last.stream()
        .filter(logger -> !levels.own().containsKey(logger.getName()))
        .forEach(logger -> logger.setLevel(null));
    return new Setting(
        config.format().equals("json") ? LineFormat.JSON : LineFormat.LOGFMT,
        levels,
        new RateLimit(config.burst(), config.perSecond()),
        levels.apply());
  }

  /** The configuration is checked before; this is for a file that was there at the start. */
  private void complain(Levels levels) {
    levels.mistakes().forEach(what -> accept(LogLine.own("levels: " + what, Map.of()), what));
  }

  private String format(LogLine line) {
    String text = setting.format().write(line) + "\n";
    return journal ? "<" + line.level().journal() + ">" + text : text;
  }

  Levels levels() {
    return setting.levels();
  }

  Recent recent() {
    return recent;
  }

  /**
   * Takes a record whose level was found good.
   *
   * @param template what records of this kind have in common
   */
  void accept(LogLine line, String template) {
    if (line.source().endsWith(AUDIT)) {
      // Who did what is never left out: a crowd of records would be a place to hide in.
      put(line);
      return;
    }
    RateLimit limit = setting.limit();
    RateLimit.Verdict verdict =
        limit.admit(RateLimit.Kind.of(line.source(), template), System.nanoTime());
    if (verdict.passes()) {
      long before = verdict.before();
      put(before == 0 ? line : line.with("suppressed", Long.toString(before)));
      return;
    }
    suppressed.increment();
    if (verdict.first()) {
      output.nudge();
    }
  }

  /** Waits until what was said so far has been written: whoever ends the process asks for it. */
  void flush() {
    output.flush();
  }

  private void put(LogLine line) {
    count(line.level());
    recent.add(line);
    output.write(line);
  }

  private void count(Severity level) {
    LongAdder adder = written.get(level);
    if (adder != null) {
      adder.increment();
    }
  }

  private final class Suppressed implements Output.Late {
    @Override
    public boolean pending() {
      return setting.limit().pending();
    }

    @Override
    public List<LogLine> lines() {
      List<LogLine> lines =
          setting.limit().settled(System.nanoTime()).stream().map(this::line).toList();
      lines.forEach(recent::add);
      return lines;
    }

    private LogLine line(RateLimit.Rest rest) {
      return LogLine.own(
              "records of one kind came too fast and were not written",
              Map.of("suppressed", Long.toString(rest.suppressed())))
          .with("of", rest.kind().source())
          .with("like", rest.kind().template());
    }
  }

  @Override
  public void collect(Metrics to) {
    written.forEach(
        (level, count) ->
            to.counter(
                "sluice_log_records_total",
                "Records written.",
                (double) count.sum(),
                "level",
                level.word()));
    to.counter(
        "sluice_log_suppressed_total",
        "Records not written because too many of their kind came.",
        (double) suppressed.sum());
    to.counter(
        "sluice_log_lost_total",
        "Records lost because nobody read standard error.",
        (double) output.lost());
  }

  @Deactivate
  void deactivate() {
    for (Handler other : before) {
      root.addHandler(other);
    }
    root.removeHandler(handler);
    root.setLevel(levelBefore);
    setting.loggers().forEach(logger -> logger.setLevel(null));
    output.close();
  }
}
