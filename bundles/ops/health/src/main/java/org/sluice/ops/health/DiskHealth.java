// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.health;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Modified;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether there is room for what the process writes, and whether it may write. */
@Component(configurationPid = "org.sluice.ops.health")
public final class DiskHealth implements HealthCheck {
  private static final long MEBI = 1 << 20;

  private final Path folder;
  private volatile HealthConfig config;

  @Activate
  public DiskHealth(BundleContext context, HealthConfig config) {
    String home = context.getProperty("sluice.home");
    this.folder = Path.of(home == null ? "." : home, "var");
    this.config = config;
  }

  @Modified
  void modified(HealthConfig changed) {
    config = changed;
  }

  @Override
  public String name() {
    return "process.disk";
  }

  @Override
  public Health check() {
    try {
      FileStore store = Files.getFileStore(folder);
      long free = store.getUsableSpace() / MEBI;
      String text =
          "%d of %d MiB are free for %s".formatted(free, store.getTotalSpace() / MEBI, folder);
      if (store.isReadOnly() || !Files.isWritable(folder)) {
        return Health.warn(
            folder + " cannot be written", "mount it writable, or give it to this user: chown");
      }
      return free >= config.disk()
          ? Health.ok(text)
          : Health.warn(text, "make room; what takes it: du -ax '%s'".formatted(folder));
    } catch (IOException e) {
      return Health.warn(
          "looking at the file system of %s: %s".formatted(folder, e),
          "the folder should be there and readable for this user");
    }
  }
}
