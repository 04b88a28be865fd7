// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Sees which health checks turn critical. */
final class HealthWatch implements AutoCloseable {

  /** This bundle's own check, which says that a change was refused, says nothing of the change. */
  static final String OWN = "host.config";

  /** What was asked longer ago says nothing of now. */
  private static final long RECENT = Duration.ofSeconds(1).toNanos();

  /** A check that has been silent for so long hangs; one that is silent for less may be slow. */
  private static final long HANGS = Duration.ofSeconds(5).toNanos();

  /** Checks are called at once, unless the machine is slow. */
  private static final Duration CALLED = Duration.ofSeconds(2);

  private final Asking<HealthCheck> asking;
  private volatile @Nullable Look prepared;

  HealthWatch(BundleContext context) {
    this.asking = new Asking<>(context, HealthCheck.class, "health");
  }

  private record Told(String name, Health health) {}

  /**
   * What checks say.
   *
   * @param critical the critical ones by name, with what they say
   * @param all whether each has answered, or hangs
   */
  record Said(Map<String, String> critical, boolean all) {}

  /** Checks under way. */
  final class Look {
    private final long asked = System.nanoTime();
    private final Asking<HealthCheck>.Round<Told> round = asking.ask(Look::tell);

    private static Told tell(HealthCheck check) {
      String name = check.name();
      return new Told(name, OWN.equals(name) ? Health.ok("") : check.check());
    }

    /**
     * Waits until all have been called.
     *
     * @param patience how long those that are quick may take to answer
     */
    void called(Duration patience) {
      round.called(CALLED);
      round.within(patience);
    }

    /** What they say now; those that were busy with an earlier question are asked again. */
    Said said(Duration patience) {
      round.insist();
      return said(patience, System.nanoTime() + Duration.ofDays(1).toNanos());
    }

    /** Those that were critical when they were called before a moment. */
    Set<String> criticalBefore(long moment) {
      return said(Duration.ZERO, moment).critical().keySet();
    }

    private Said said(Duration patience, long moment) {
      Map<String, String> critical = new TreeMap<>();
      boolean all = true;
      for (Asking.Answer<Told> answer : round.within(patience)) {
        Told told = answer.value();
        if (told == null && answer.late() && answer.nanos() < HANGS) {
          // Slow, perhaps; a busy machine is no reason to take a change back.
          all = false;
          continue;
        }
        if (told == null) {
          critical.put(
              answer.asked(),
              answer.late() ? "did not answer in time" : "threw " + answer.thrown());
        } else if (told.health().status() == Health.Status.CRITICAL
            && answer.begun() - moment < 0) {
          String remedy = told.health().remedy();
          critical.put(
              told.name(), told.health().text() + (remedy.isEmpty() ? "" : " — " + remedy));
        }
      }
      return new Said(critical, all);
    }
  }

  Look look() {
    return new Look();
  }

  /** Asks how things are, for a change that may be about to come. */
  void prepare() {
    prepared = new Look();
  }

  /** How things were before a change that is about to be made. */
  Look before() {
    Look early = prepared;
    prepared = null;
    return early != null && System.nanoTime() - early.asked < RECENT ? early : new Look();
  }

  /** Those critical now that were not before. */
  static List<Failure> worse(Set<String> before, Map<String, String> now) {
    TreeSet<String> names = new TreeSet<>(now.keySet());
    names.removeAll(before);
    List<Failure> failures = new ArrayList<>();
    names.forEach(
        n -> failures.add(new Failure(null, "health check " + n + " is critical: " + now.get(n))));
    return failures;
  }

  @Override
  public void close() {
    asking.close();
  }
}
