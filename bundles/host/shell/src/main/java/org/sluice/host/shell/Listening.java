// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/** Whether the shell can be reached. */
@Component
public final class Listening implements HealthCheck {
  private final ControlSocket socket;

  @Activate
  public Listening(@Reference ControlSocket socket) {
    this.socket = socket;
  }

  @Override
  public String name() {
    return "host.shell";
  }

  @Override
  public Health check() {
    if (!socket.trouble().isEmpty()) {
      return Health.critical("nobody can connect: " + socket.trouble(), "see the text");
    }
    if (!Files.exists(socket.path(), LinkOption.NOFOLLOW_LINKS)) {
      return Health.critical(
          "nobody can connect: " + socket.path() + " was removed",
          "save configs/org.sluice.host.shell.cfg.json with another group, or restart");
    }
    return Health.ok(
        "listens on " + socket.path() + ", " + socket.sessions().size() + " connected");
  }
}
