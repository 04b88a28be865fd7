// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
  private static final Pattern NO_NEW = Pattern.compile("(?m)^NoNewPrivs:\\s*1");
  private static final Pattern USER = Pattern.compile("(?m)^Uid:\\s*\\d+\\s+(\\d+)");

  /** Numbers from linux/capability.h. */
  private static final Map<String, Integer> WANTED = wanted();

  private final @Nullable String allowed;

  @Activate
  public PrivilegesHealth(BundleContext context) {
    allowed = context.getProperty("sluice.privileges");
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

  private static Optional<String> status(Path task) throws IOException {
    try {
      return Optional.of(Files.readString(task.resolve("status")));
    } catch (NoSuchFileException e) {
      // It ended meanwhile.
      return Optional.empty();
    }
  }

  /**
   * @param threads the status of each, as the kernel tells it
   * @param allowed what the process was started with as all that it may have; null when nothing was
   */
  static Health of(List<String> threads, @Nullable String allowed) {
    long all = 0;
    long common = -1;
    boolean root = false;
    int renounced = 0;
    for (String thread : threads) {
      Matcher line = EFFECTIVE.matcher(thread);
      if (!line.find()) {
        return Health.ok("this system does not tell the capabilities of a process");
      }
      long effective = Long.parseUnsignedLong(line.group(1), 16);
      if (effective == 0 && NO_NEW.matcher(thread).find()) {
        // It gave up all for good, as the one that starts hooks does; nothing of it is too much.
        renounced++;
      } else {
        all |= effective;
        common &= effective;
      }
      Matcher user = USER.matcher(thread);
      root |= user.find() && user.group(1).equals("0");
    }
    if (renounced == threads.size()) {
      common = 0;
    }
    if (allowed != null && root) {
      return Health.critical("a thread is root, and none may be", "restart it through its unit");
    }
    if (all != common) {
      return Health.critical(
          "its threads have different capabilities: %x in all, %x in some".formatted(common, all),
          "restart it through its unit");
    }
    String every = "in every one of " + (threads.size() - renounced) + " threads";
    if (renounced > 0) {
      every += ", and " + renounced + " without any";
    }
    List<String> missing = missing(common);
    String who = root ? ", as root" : "";
    if (missing.isEmpty()) {
      return Health.ok("has " + String.join(", ", WANTED.keySet()) + who + ", " + every);
    }
    String names = String.join(" ", missing);
    if (allowed != null) {
      return Health.ok("has " + allowed + " and nothing else, " + every);
    }
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
