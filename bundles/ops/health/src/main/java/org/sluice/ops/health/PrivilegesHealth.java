// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * Which privileges the process has, in every one of its threads. It runs well without any, only it
 * can do less; so a missing one is never worse than ok, with how to grant it. One too many is.
 */
@Component
public final class PrivilegesHealth implements HealthCheck {
  private static final Pattern EFFECTIVE = Pattern.compile("(?m)^CapEff:\\s*([0-9a-f]+)");
  private static final Pattern USER = Pattern.compile("(?m)^Uid:\\s*\\d+\\s+(\\d+)");

  /** Numbers from linux/capability.h. */
  private static final Map<String, Integer> WANTED = wanted();

  private final @Nullable Allowed allowed;

  /** All that the process was started to have. */
  record Allowed(String names, long bits) {}

  @Activate
  public PrivilegesHealth(BundleContext context) {
    String names = context.getProperty("sluice.privileges");
    String bits = context.getProperty("sluice.privileges.bits");
    allowed =
        names == null || bits == null ? null : new Allowed(names, Long.parseUnsignedLong(bits, 16));
  }

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
    List<String> threads = new ArrayList<>();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        status(task).ifPresent(threads::add);
      }
    } catch (IOException e) {
      return Health.warn("reading the capabilities in /proc/self/task: " + e, "mount /proc");
    }
    return of(threads, allowed);
  }

  /** Empty when the thread ended meanwhile: the kernel has more than one error for that. */
  static Optional<String> status(Path task) throws IOException {
    try {
      return Optional.of(Files.readString(task.resolve("status")));
    } catch (IOException e) {
      if (Files.exists(task)) {
        throw e;
      }
      return Optional.empty();
    }
  }

  /**
   * @param threads the status of each, as the kernel tells it
   * @param allowed null when nothing was said of it
   */
  static Health of(List<String> threads, @Nullable Allowed allowed) {
    long some = 0;
    boolean root = false;
    for (String thread : threads) {
      Matcher line = EFFECTIVE.matcher(thread);
      if (!line.find()) {
        return Health.ok("this system does not tell the capabilities of a process");
      }
      some |= Long.parseUnsignedLong(line.group(1), 16);
      Matcher user = USER.matcher(thread);
      root |= user.find() && user.group(1).equals("0");
    }
    if (allowed != null && (root || (some & ~allowed.bits()) != 0)) {
      String what = root ? "is root" : "has more capabilities: %x".formatted(some);
      return Health.critical(
          "a thread " + what + "; allowed are " + allowed.names(), "restart it through its unit");
    }
    String one = "none of " + threads.size() + " threads has more";
    if (allowed != null) {
      return Health.ok("may have " + allowed.names() + ", " + one);
    }
    List<String> missing = missing(some);
    if (missing.isEmpty()) {
      return Health.ok("has " + String.join(", ", WANTED.keySet()) + (root ? ", as root" : ""));
    }
    String names = String.join(" ", missing);
    return new Health(
        Health.Status.OK,
        "without " + names + " it observes, but cannot change the network or capture packets",
        "only if it shall: in its unit AmbientCapabilities=%s, or as root: sluice run --user NAME"
            .formatted(names));
  }

  private static List<String> missing(long effective) {
    return WANTED.entrySet().stream()
        .filter(wanted -> (effective >> wanted.getValue() & 1) == 0)
        .map(Map.Entry::getKey)
        .toList();
  }
}
