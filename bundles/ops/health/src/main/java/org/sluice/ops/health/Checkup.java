// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * One check: its last answer, and its run when one is on its way; there is never a second one.
 * Everything of the check, even its name and its activation, happens in the run, because all of it
 * is foreign code that may hang or throw.
 */
final class Checkup {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.health");
  private static final int FRAMES = 3;

  private final String owner;
  private final Supplier<HealthCheck> service;

  // Guarded by this.
  private String name;
  private HealthCheck.Probe probe = HealthCheck.Probe.READINESS;
  private Health.Status told = Health.Status.OK;
  private @Nullable CheckResult last;
  private long lastAt;
  private @Nullable Run run;

  /**
   * @param owner the bundle, for messages
   */
  Checkup(String owner, Supplier<HealthCheck> service) {
    this.owner = owner;
    this.service = service;
    this.name = owner;
  }

  /** A run on its way. */
  private static final class Run {
    private final long startedAt;
    private final Instant since;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private volatile @Nullable Thread thread;

    Run(long startedAt, Instant since) {
      this.startedAt = startedAt;
      this.since = since;
    }
  }

  /**
   * Starts a run unless the last answer is fresh or a run is on its way.
   *
   * @return completed when there is nothing to wait for
   */
  CompletableFuture<Void> refresh(long now, long fresh, Instant time, Executor executor) {
    Run started;
    synchronized (this) {
      if (run != null) {
        return run.done;
      }
      if (last != null && now - lastAt < fresh) {
        return CompletableFuture.completedFuture(null);
      }
      started = new Run(now, time);
      run = started;
    }
    executor.execute(() -> perform(started));
    return started.done;
  }

  private void perform(Run mine) {
    mine.thread = Thread.currentThread();
    String nameNow = owner;
    HealthCheck.Probe probeNow = HealthCheck.Probe.READINESS;
    Health health;
    try {
      HealthCheck check = service.get();
      nameNow = check.name();
      probeNow = check.probe();
      health = check.check();
    } catch (Throwable e) {
      // Errors too: a plugin that was compiled against something else throws LinkageError.
      health =
          Health.critical(
              "the check threw " + e, "tell the maker of " + owner + "; the log has the stack");
      LOG.log(System.Logger.Level.WARNING, "a health check threw check=" + nameNow, e);
    }
    record(mine, nameNow, probeNow, health);
    mine.done.complete(null);
  }

  private synchronized void record(
      Run mine,
      @Nullable String nameNow,
      HealthCheck.@Nullable Probe probeNow,
      @Nullable Health health) {
    name = nameNow == null ? owner : nameNow;
    probe = probeNow == null ? HealthCheck.Probe.READINESS : probeNow;
    Health answer =
        health == null || health.status() == null
            ? Health.critical("the check answered nothing", "tell the maker of " + owner)
            : health;
    boolean same = last != null && last.status() == answer.status();
    Instant since = last != null && same ? last.since() : mine.since;
    last =
        new CheckResult(
            name, probe, answer.status(), text(answer.text()), text(answer.remedy()), since);
    lastAt = System.nanoTime();
    run = null;
    tell(last);
  }

  private static String text(@Nullable String text) {
    return text == null ? "" : text;
  }

  /** The last answer, or that there is none because the run hangs; empty before the first. */
  synchronized Optional<CheckResult> result(long now, long patience) {
    Run current = run;
    if (current != null && now - current.startedAt >= patience) {
      CheckResult hangs =
          new CheckResult(
              name,
              probe,
              Health.Status.CRITICAL,
              "no answer for %.1f s; it stands in %s"
                  .formatted((now - current.startedAt) / 1e9, place(current.thread)),
              "look at what it waits for; removing "
                  + owner
                  + " takes the check away; all threads: jcmd "
                  + ProcessHandle.current().pid()
                  + " Thread.print",
              current.since);
      tell(hangs);
      return Optional.of(hangs);
    }
    return Optional.ofNullable(last);
  }

  private static String place(@Nullable Thread thread) {
    if (thread == null) {
      return "the queue of its thread";
    }
    // How the JDK waits is of no interest; who made it wait is.
    return Arrays.stream(thread.getStackTrace())
        .dropWhile(frame -> "java.base".equals(frame.getModuleName()))
        .limit(FRAMES)
        .map(StackTraceElement::toString)
        .collect(Collectors.joining(" called by "));
  }

  /** Logs when the status is another than before. */
  private void tell(CheckResult result) {
    if (result.status() == told) {
      return;
    }
    System.Logger.Level level =
        result.status() == Health.Status.OK
            ? System.Logger.Level.INFO
            : System.Logger.Level.WARNING;
    LOG.log(
        level,
        "health of {0} is {1}, was {2}: {3}",
        result.name(),
        result.status(),
        told,
        result.text());
    told = result.status();
  }

  /** The check is gone: whoever still runs is asked to end. */
  synchronized void close() {
    Thread thread = run == null ? null : run.thread;
    if (thread != null) {
      thread.interrupt();
    }
  }
}
