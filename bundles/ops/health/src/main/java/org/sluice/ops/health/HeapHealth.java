// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether the heap is nearly full of what is still needed. */
@Component(configurationPid = "org.sluice.ops.health")
public final class HeapHealth implements HealthCheck {
  private static final long MEBI = 1 << 20;

  private volatile HealthConfig config;

  @Activate
  public HeapHealth(HealthConfig config) {
    this.config = config;
  }

  @Modified
  void modified(HealthConfig changed) {
    config = changed;
  }

  @Override
  public String name() {
    return "process.heap";
  }

  @Override
  public Probe probe() {
    return Probe.LIVENESS;
  }

  @Override
  public Health check() {
    // What is in use now is mostly garbage; what is left after a collection is not.
    long kept = 0;
    for (MemoryPoolMXBean pool : ManagementFactory.getMemoryPoolMXBeans()) {
      MemoryUsage after = pool.getCollectionUsage();
      if (pool.getType() == MemoryType.HEAP && after != null) {
        kept += after.getUsed();
      }
    }
    long most = Runtime.getRuntime().maxMemory();
    long percent = 100 * kept / most;
    String text =
        "%d of %d MiB (%d %%) are in use after the last collection, %d MiB now"
            .formatted(
                kept / MEBI,
                most / MEBI,
                percent,
                (Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory()) / MEBI);
    return percent < config.heap()
        ? Health.ok(text)
        : Health.warn(
            text,
            "give it more with -Xmx; what fills it: jcmd %d GC.class_histogram"
                .formatted(ProcessHandle.current().pid()));
  }
}
