// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Component;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * Which privileges the process lacks. It runs well without any, only it can do less; so this is
 * never worse than ok, but tells how to grant what is missing.
 */
@Component
public final class PrivilegesHealth implements HealthCheck {
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]+)");

  /** Numbers from linux/capability.h. */
  private static final Map<String, Integer> WANTED = wanted();

  private static Map<String, Integer> wanted() {
    Map<String, Integer> wanted = new LinkedHashMap<>();
    wanted.put("CAP_NET_ADMIN", 12);
    wanted.put("CAP_NET_RAW", 13);
    wanted.put("CAP_BPF", 39);
    return java.util.Collections.unmodifiableMap(wanted);
  }

  @Override
  public String name() {
    return "process.privileges";
  }

  @Override
  public Health check() {
    String status;
    try {
      status = Files.readString(Path.of("/proc/self/status"));
    } catch (IOException e) {
      return Health.warn("reading the capabilities in /proc/self/status: " + e, "mount /proc");
    }
    return of(status);
  }

  static Health of(String status) {
    Matcher line = EFFECTIVE.matcher(status);
    if (!line.find()) {
      return Health.ok("this system does not tell the capabilities of a process");
    }
    long effective = Long.parseUnsignedLong(line.group(1), 16);
    List<String> missing =
        WANTED.entrySet().stream()
            .filter(wanted -> (effective >> wanted.getValue() & 1) == 0)
            .map(Map.Entry::getKey)
            .toList();
    if (missing.isEmpty()) {
      return Health.ok("has " + String.join(", ", WANTED.keySet()));
    }
    String names = String.join(" ", missing);
    return new Health(
        Health.Status.OK,
        "without " + names + " it observes, but cannot change the network or capture packets",
        "only if it shall: in its unit AmbientCapabilities=%s, or start it as root"
            .formatted(names));
  }
}
