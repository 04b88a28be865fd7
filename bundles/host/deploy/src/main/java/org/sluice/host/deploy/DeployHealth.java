// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Plugin;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * Whether plugins are taken in, and whether all of them are well. A refused jar is a warning: what
 * served before still does, so it is no reason to send the process no more work.
 */
@Component
public final class DeployHealth implements HealthCheck {
  private final Deployer deployer;

  @Activate
  public DeployHealth(@Reference Deployer deployer) {
    this.deployer = deployer;
  }

  @Override
  public String name() {
    return "host.deploy";
  }

  @Override
  public Health check() {
    String obstacle = deployer.obstacle();
    if (!obstacle.isEmpty()) {
      int colon = obstacle.lastIndexOf(": ch");
      return Health.critical(
          obstacle,
          colon < 0
              ? "see to the folder plugins/; what runs goes on meanwhile"
              : obstacle.substring(colon + 2));
    }
    if (deployer.safeMode()) {
      return Health.warn(
          "safe mode: plugins are not started", "start the process without --safe-mode");
    }
    List<Plugin> plugins = deployer.plugins();
    List<Plugin> refused =
        plugins.stream().filter(p -> p.state() == Plugin.State.QUARANTINED).toList();
    if (refused.isEmpty()) {
      return Health.ok(plugins.size() + " plugins, all well");
    }
    List<String> texts = refused.stream().map(p -> p.file() + ": " + p.reason()).toList();
    return Health.warn(
        refused.size()
            + " of "
            + plugins.size()
            + " plugins in quarantine: "
            + String.join("; ", texts),
        "see host:plugins and var/quarantine/");
  }
}
