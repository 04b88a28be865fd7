// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/**
 * Takes the acts from whoever tells them and writes them on a thread of its own: who acts never
 * waits for the disk.
 */
@Component(
    service = {AuditTrail.class, HealthCheck.class, MetricSource.class},
    immediate = true,
    configurationPid = "org.sluice.ops.audit")
@Designate(ocd = AuditConfig.class)
public final class AuditTrail implements HealthCheck, MetricSource {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.audit");
  private static final int WAITING = 10_000;
  private static final long CLOSING_SECONDS = 5;

  private final Logger source = Logger.getLogger("");

  private final BlockingQueue<Optional<Act>> queue = new LinkedBlockingQueue<>(WAITING);
  private final AtomicLong written = new AtomicLong();
  private final AtomicLong lost = new AtomicLong();
  private final Handler handler = new Taker();
  private final AuditFiles files;
  private final @Nullable Thread writer;
  private volatile String failure = "";

  @Activate
  public AuditTrail(AuditConfig config, BundleContext context) {
    Path home = Path.of(Objects.requireNonNull(context.getProperty("sluice.home")));
    files =
        new AuditFiles(
            home.resolve("var/audit"),
            config.fileSize() * 1024L,
            config.files(),
            Duration.ofDays(config.days()));
    if (!config.enabled()) {
      writer = null;
      return;
    }
    Thread thread = new Thread(this::write, "ops.audit/writer");
    writer = thread;
    thread.start();
    source.addHandler(handler);
  }

  /** What was told before is written, unless the disk does not take it in time. */
  @Deactivate
  public void deactivate() throws InterruptedException {
    Thread thread = writer;
    if (thread == null) {
      return;
    }
    source.removeHandler(handler);
    if (!queue.offer(Optional.empty(), CLOSING_SECONDS, TimeUnit.SECONDS)) {
      thread.interrupt();
    }
    thread.join(Duration.ofSeconds(CLOSING_SECONDS));
    if (thread.isAlive()) {
      thread.interrupt();
      LOG.log(System.Logger.Level.WARNING, "the thread ops.audit/writer does not end");
    }
  }

  private final class Taker extends Handler {
    @Override
    public void publish(@Nullable LogRecord record) {
      if (record == null || !String.valueOf(record.getLoggerName()).endsWith(".audit")) {
        return;
      }
      Optional<Act> act = Act.of(record);
      if (act.isPresent() && !queue.offer(act)) {
        lost.incrementAndGet();
      }
    }

    @Override
    public void flush() {
      // Every line is written at once.
    }

    @Override
    public void close() {
      // The component closes the files.
    }
  }

  private void write() {
    files.sweep(Instant.now());
    try (files) {
      Optional<Act> next = queue.take();
      while (next.isPresent()) {
        write(next.get());
        next = queue.take();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "closing " + files.current() + ": " + e);
    }
  }

  private void write(Act act) {
    try {
      files.append(act);
      written.incrementAndGet();
      failure = "";
    } catch (IOException e) {
      lost.incrementAndGet();
      if (failure.isEmpty()) {
        LOG.log(System.Logger.Level.ERROR, "an act cannot be written down: " + e);
      }
      failure = e.toString();
    }
  }

  List<String> last(int most) throws IOException {
    return files.last(most);
  }

  @Override
  public String name() {
    return "ops.audit";
  }

  @Override
  public Health check() {
    if (writer == null) {
      return Health.ok("acts are not written down; see org.sluice.ops.audit.cfg.json");
    }
    String now = failure;
    if (!now.isEmpty()) {
      return Health.critical(
          "acts cannot be written to %s: %s; %d are lost"
              .formatted(files.current(), now, lost.get()),
          "make room on the disk, or let the process write there; set enabled to false to do without");
    }
    return lost.get() > 0
        ? Health.warn(
            written + " acts written, " + lost + " lost", "see the log of org.sluice.ops.audit")
        : Health.ok(written + " acts written to " + files.current());
  }

  @Override
  public void collect(Metrics to) {
    to.counter("sluice_audit_acts_total", "Acts that were written down.", (double) written.get());
    to.counter(
        "sluice_audit_lost_total", "Acts that could not be written down.", (double) lost.get());
  }
}
