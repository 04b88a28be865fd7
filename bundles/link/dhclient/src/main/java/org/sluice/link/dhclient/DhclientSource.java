// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.metatype.annotations.Designate;
import org.sluice.link.api.LinkSink;
import org.sluice.link.api.LinkSource;
import org.sluice.link.api.SourceState.Condition;

/** Leases of ISC dhclient, and how it stands with each link. */
@Component(
    service = {LinkSource.class, DhclientSource.class},
    configurationPid = "org.sluice.link.dhclient")
@Designate(ocd = DhclientConfig.class)
public final class DhclientSource implements LinkSource {
  static final String NAME = "dhclient";
  private static final int RANK = 50;

  private final Tally tally = new Tally();
  private final boolean enabled;
  private final Path hookFolder;
  private final List<Path> leaseFolders;
  private @Nullable Watch watch;

  @Activate
  public DhclientSource(DhclientConfig config) {
    enabled = config.enabled();
    hookFolder = Path.of(config.hookFolder()).toAbsolutePath().normalize();
    leaseFolders =
        Stream.of(config.leaseFolders())
            .map(folder -> Path.of(folder).toAbsolutePath().normalize())
            .toList();
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public int rank() {
    return RANK;
  }

  @Override
  public synchronized void attach(LinkSink to) {
    detach();
    if (!enabled) {
      to.condition(
          Condition.ABSENT, "dhclient is not watched: enabled is false in the configuration");
      return;
    }
    var hook = new HookFolder(hookFolder, tally);
    var files = new LeaseFiles(leaseFolders, tally);
    watch = new Watch(to, tally, hook, files, new Processes(Path.of("/proc")));
    watch.start();
  }

  @Override
  @Deactivate
  public synchronized void detach() {
    if (watch != null) {
      watch.stop();
      watch = null;
    }
  }

  Tally tally() {
    return tally;
  }

  boolean enabled() {
    return enabled;
  }

  Path hookFolder() {
    return hookFolder;
  }
}
