// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadInfo;
import java.lang.management.ThreadMXBean;
import java.util.Arrays;
import java.util.Objects;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Component;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether threads wait for one another for ever. */
@Component
public final class ThreadsHealth implements HealthCheck {

  @Override
  public String name() {
    return "process.threads";
  }

  @Override
  public Probe probe() {
    return Probe.LIVENESS;
  }

  @Override
  public Health check() {
    ThreadMXBean threads = ManagementFactory.getThreadMXBean();
    long[] dead = threads.findDeadlockedThreads();
    if (dead == null) {
      return Health.ok("%d threads, none deadlocked".formatted(threads.getThreadCount()));
    }
    String names =
        Arrays.stream(threads.getThreadInfo(dead))
            .filter(Objects::nonNull)
            .map(ThreadsHealth::describe)
            .collect(Collectors.joining("; "));
    return Health.critical(
        "%d threads wait for one another for ever: %s".formatted(dead.length, names),
        "keep the stacks for the maker (jcmd %d Thread.print), then restart"
            .formatted(ProcessHandle.current().pid()));
  }

  private static String describe(ThreadInfo thread) {
    return "%s waits for %s held by %s"
        .formatted(thread.getThreadName(), thread.getLockName(), thread.getLockOwnerName());
  }
}
