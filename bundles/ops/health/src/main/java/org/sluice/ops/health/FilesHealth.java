// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether file descriptors run out. */
@Component(configurationPid = "org.sluice.ops.health")
public final class FilesHealth implements HealthCheck {
  private static final Pattern LIMIT = Pattern.compile("(?m)^Max open files\\s+(\\d+)");

  private volatile HealthConfig config;

  @Activate
  public FilesHealth(HealthConfig config) {
    this.config = config;
  }

  @Modified
  void modified(HealthConfig changed) {
    config = changed;
  }

  @Override
  public String name() {
    return "process.files";
  }

  @Override
  public Health check() {
    long open;
    try (Stream<Path> descriptors = Files.list(Path.of("/proc/self/fd"))) {
      open = descriptors.count();
    } catch (IOException | java.io.UncheckedIOException e) {
      return Health.warn(
          "counting the open files in /proc/self/fd: " + e,
          "when this is EMFILE, raise the limit: LimitNOFILE= in the unit, or ulimit -n");
    }
    long most = limit();
    if (most <= 0) {
      return Health.ok("%d file descriptors are open, without a limit".formatted(open));
    }
    long percent = 100 * open / most;
    String text = "%d of %d file descriptors (%d %%) are open".formatted(open, most, percent);
    return percent < config.files()
        ? Health.ok(text)
        : Health.warn(
            text,
            "raise the limit: LimitNOFILE= in the unit, or ulimit -n; who they are:"
                + " ls -l /proc/%d/fd".formatted(ProcessHandle.current().pid()));
  }

  private static long limit() {
    try {
      Matcher line = LIMIT.matcher(Files.readString(Path.of("/proc/self/limits")));
      return line.find() ? Long.parseLong(line.group(1)) : 0;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException("reading the limits in /proc/self/limits", e);
    }
  }
}
