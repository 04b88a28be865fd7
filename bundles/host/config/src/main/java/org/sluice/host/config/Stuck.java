// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.HashMap;
import java.util.Map;

/** Finds out who may hold up the delivery of a configuration. */
final class Stuck {
  private Stuck() {}

  /** The threads of Config Admin that are in somebody else's code, with the method they are in. */
  static Map<Thread, String> look() {
    Map<Thread, String> in = new HashMap<>();
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
          in.put(thread.getKey(), type + "." + frame.getMethodName());
          break;
        }
      }
    }
    return in;
  }
}
