// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

@Timeout(60)
class CheckupTest {
  private static final long PATIENCE = 1_000_000_000L;
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05Z");
  private static final Executor HERE = Runnable::run;

  /** A check that does what the test says. */
  private static final class Sample implements HealthCheck {
    private final AtomicReference<@Nullable Health> answer =
        new AtomicReference<>(Health.ok("fine"));
    private final AtomicInteger runs = new AtomicInteger();

    @Override
    public String name() {
      return "test.sample";
    }

    @Override
    public Probe probe() {
      return Probe.LIVENESS;
    }

    @Override
    @SuppressWarnings("NullAway") // a plugin that knows nothing of null markers
    public Health check() {
      runs.incrementAndGet();
      return answer.get();
    }
  }

  private final Sample sample = new Sample();
  private final Checkup checkup = new Checkup("test.bundle", () -> sample);

  private CheckResult ask(Instant time) {
    checkup.refresh(System.nanoTime(), 0, time, HERE).join();
    return checkup.result(System.nanoTime(), PATIENCE).orElseThrow();
  }

  @Test
  void sinceIsWhenTheStatusBegan() {
    assertEquals(TIME, ask(TIME).since());
    assertEquals(TIME, ask(TIME.plusSeconds(5)).since());
    sample.answer.set(Health.warn("hm", "do"));
    CheckResult warned = ask(TIME.plusSeconds(9));
    assertEquals(
        new CheckResult(
            "test.sample",
            HealthCheck.Probe.LIVENESS,
            Health.Status.WARN,
            "hm",
            "do",
            TIME.plusSeconds(9)),
        warned);
  }

  @Test
  void aFreshAnswerIsGivenAgain() {
    checkup.refresh(System.nanoTime(), Long.MAX_VALUE, TIME, HERE).join();
    checkup.refresh(System.nanoTime(), Long.MAX_VALUE, TIME, HERE).join();
    assertEquals(1, sample.runs.get());
  }

  @Test
  void whatThrowsOrAnswersNothingIsCritical() {
    sample.answer.set(null);
    assertEquals(Health.Status.CRITICAL, ask(TIME).status());
    Checkup throwing =
        new Checkup(
            "test.bundle",
            () -> {
              throw new NoClassDefFoundError("gone/Away");
            });
    throwing.refresh(0, 0, TIME, HERE).join();
    CheckResult result = throwing.result(0, PATIENCE).orElseThrow();
    assertEquals(Health.Status.CRITICAL, result.status());
    assertTrue(result.text().contains("gone/Away"));
    assertEquals("test.bundle", result.name());
  }

  @Test
  void aCheckThatHangsIsCriticalWhileItHangsAndNeverRunsTwice() throws Exception {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger runs = new AtomicInteger();
    HealthCheck hanging =
        new HealthCheck() {
          @Override
          public String name() {
            return "test.hangs";
          }

          @Override
          public Health check() {
            runs.incrementAndGet();
            inside.countDown();
            try {
              release.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            return Health.ok("at last");
          }
        };
    Checkup checkup = new Checkup("test.bundle", () -> hanging);
    Executor threads = task -> Thread.ofPlatform().daemon().start(task);
    var run = checkup.refresh(0, 0, TIME, threads);
    inside.await();
    assertSame(run, checkup.refresh(5 * PATIENCE, 0, TIME, threads));
    assertTrue(checkup.result(PATIENCE - 1, PATIENCE).isEmpty(), "not answered yet is no verdict");
    CheckResult hangs = checkup.result(5 * PATIENCE, PATIENCE).orElseThrow();
    assertEquals(Health.Status.CRITICAL, hangs.status());
    assertTrue(hangs.text().startsWith("no answer for 5.0 s; it stands in "), hangs.text());
    assertEquals(1, runs.get());
    release.countDown();
    run.get();
    assertEquals("at last", checkup.result(5 * PATIENCE, PATIENCE).orElseThrow().text());
  }

  @Test
  void aCheckCannotForgeALineOfTheReport() {
    sample.answer.set(Health.ok("fine\nCRITICAL  other  all is lost\u001b[31m"));
    String prose = HealthReport.of(TIME, java.util.List.of(ask(TIME))).prose();
    assertEquals(2, prose.lines().count(), prose);
    assertTrue(!prose.contains("\u001b"));
  }

  @Test
  void missingPrivilegesAreNamedWithWhatGrantsThem() {
    Health none = privileges(null, "Name:\tjava\nCapEff:\t0000000000000000\n");
    assertEquals(Health.Status.OK, none.status());
    assertTrue(none.remedy().contains("AmbientCapabilities=CAP_NET_ADMIN CAP_NET_RAW CAP_BPF"));
    assertEquals("", privileges(null, "CapEff:\t000001ffffffffff\n").remedy());
    assertTrue(
        privileges(null, "CapEff:\t0000000000001000\n").text().startsWith("without CAP_NET_RAW"));
  }

  @Test
  void everyThreadHasWhatWasAllowedAndNoneMore() {
    String good = "Uid:\t990\t990\t990\t990\nCapEff:\t0000000000001000\n";
    String root = "Uid:\t0\t0\t0\t0\nCapEff:\t0000000000001000\n";
    String more = "Uid:\t990\t990\t990\t990\nCapEff:\t000001ffffffffff\n";
    String less = "Uid:\t990\t990\t990\t990\nCapEff:\t0000000000000000\n";
    var allowed = new PrivilegesHealth.Allowed("net_admin", 0x1000);
    Health well = privileges(allowed, good, less);
    assertEquals(Health.Status.OK, well.status());
    assertEquals("may have net_admin, none of 2 threads has more", well.text());
    assertEquals(Health.Status.CRITICAL, privileges(allowed, good, root).status());
    assertEquals(Health.Status.CRITICAL, privileges(allowed, good, more).status());
    assertEquals(Health.Status.OK, privileges(null, less, more).status());
  }

  private static Health privileges(PrivilegesHealth.@Nullable Allowed allowed, String... threads) {
    return PrivilegesHealth.of(java.util.List.of(threads), allowed);
  }
}
