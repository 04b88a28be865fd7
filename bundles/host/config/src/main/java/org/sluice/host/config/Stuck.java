// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.time.Duration;
import java.util.Map;

/** Finds out who holds up the delivery of a configuration. */
final class Stuck {
  private Stuck() {}

  /**
   * Names the method that keeps a thread of Config Admin, and interrupts it: as long as it hangs,
   * no component of the whole process gets its configuration, not even the one that would mend it.
   */
  static String free(Duration waited) {
    StringBuilder out = new StringBuilder();
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      String name = thread.getKey().getName();
      if (!name.startsWith("CM Event Dispatcher") && !name.startsWith("CM Configuration Updater")) {
        continue;
      }
      for (StackTraceElement frame : thread.getValue()) {
        String type = frame.getClassName();
        if (type.startsWith("org.apache.felix.")) {
          break;
        }
        if (!type.startsWith("java.") && !type.startsWith("jdk.")) {
          out.append(out.isEmpty() ? "" : ", ").append(type).append('.');
          out.append(frame.getMethodName());
          thread.getKey().interrupt();
          break;
        }
      }
    }
    return "not taken within "
        + waited.toMillis()
        + " ms: "
        + (out.isEmpty() ? "Config Admin is busy" : out + " does not return");
  }
}
