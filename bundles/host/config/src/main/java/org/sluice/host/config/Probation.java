// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.ServiceReference;

/**
 * Watches what a change of configuration does. Made before the change, so that it knows how things
 * were; asked again and again after it, until the time is over.
 *
 * <p>A component that fails decides at once. A health check decides by what it says at the end,
 * because many are critical for a moment while something is made anew; so does a component that
 * waits for a service.
 */
final class Probation implements AutoCloseable {

  /** With what comes before and after it, this keeps a bad change below two seconds. */
  static final Duration LENGTH = Duration.ofMillis(1400);

  private static final Duration HEALTH_PATIENCE = Duration.ofMillis(200);
  private static final Duration HEALTH_BEFORE = Duration.ofMillis(15);

  private final ComponentWatch components;
  private final LogWatch log;
  private final HealthWatch health;
  private final List<Pid> changed;
  private final Map<String, ComponentWatch.Seen> before;
  private final HealthWatch.Look healthBefore;
  private final long begun;

  private HealthWatch.@Nullable Look healthAfter;
  private boolean over;

  private final List<ServiceReference<?>> used = new ArrayList<>();

  /**
   * @param changed PIDs whose values change or that are new; not those that go, for then components
   *     that cannot do without them are meant to stop
   */
  Probation(ComponentWatch components, LogWatch log, HealthWatch health, List<Pid> changed) {
    this.components = components;
    this.log = log;
    this.health = health;
    this.changed = changed;
    this.healthBefore = health.before();
    this.before = components.look();
    // Those that are quick have answered by then; of the others it counts when they were called.
    healthBefore.called(HEALTH_BEFORE);
    this.begun = System.nanoTime();
  }

  /** Right after the change was delivered. */
  List<Failure> first() {
    used.addAll(components.use(components.look(), changed));
    return look(false);
  }

  /**
   * @param last whether the time is over
   */
  List<Failure> look(boolean last) {
    Map<String, Failure> failures = new LinkedHashMap<>();
    Map<String, ComponentWatch.Seen> now = components.look();
    for (Failure failure : components.worse(before, now, changed, last)) {
      failures.putIfAbsent(failure.text(), failure);
    }
    complaints(now).forEach(f -> failures.putIfAbsent(f.text(), f));
    if (last && failures.isEmpty()) {
      if (healthAfter == null) {
        healthAfter = health.look();
      }
      HealthWatch.Said said = healthAfter.said(HEALTH_PATIENCE);
      Set<String> ill = healthBefore.criticalBefore(begun);
      for (Failure failure : HealthWatch.worse(ill, said.critical())) {
        failures.putIfAbsent(failure.text(), failure);
      }
      over = said.all();
    }
    return List.copyOf(failures.values());
  }

  /** Whether the last look saw everything; else a health check has still to say how it is. */
  boolean over() {
    return over;
  }

  private List<Failure> complaints(Map<String, ComponentWatch.Seen> now) {
    List<Failure> failures = new ArrayList<>();
    for (ComponentWatch.Seen seen : now.values()) {
      Pid pid = seen.usedOf(changed);
      String complaint = pid == null ? null : log.about(seen.name());
      if (complaint != null && !seen.failed()) {
        failures.add(new Failure(pid, seen.words() + " " + complaint));
      }
    }
    for (Pid pid : changed) {
      String complaint = log.about(pid.toString());
      if (complaint != null) {
        failures.add(new Failure(pid, "configuration " + pid + " " + complaint));
      }
    }
    return failures;
  }

  @Override
  public void close() {
    components.release(used);
    log.close();
  }
}
