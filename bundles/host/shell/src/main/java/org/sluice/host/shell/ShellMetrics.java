// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** The shell in numbers. */
@Component
public final class ShellMetrics implements MetricSource {
  private final ControlSocket socket;

  @Activate
  public ShellMetrics(@Reference ControlSocket socket) {
    this.socket = socket;
  }

  @Override
  public void collect(Metrics to) {
    Tally tally = socket.answering().tally();
    to.gauge("sluice_shell_sessions", "Clients connected to the shell.", socket.sessions().size());
    to.counter(
        "sluice_shell_turned_away_total",
        "Clients turned away because too many were connected.",
        (double) tally.turnedAway());
    for (Peer.Role role : Peer.Role.values()) {
      for (int exit = 0; exit < Tally.EXITS; exit++) {
        to.counter(
            "sluice_shell_commands_total",
            "Commands answered, by role and exit code.",
            (double) tally.commands(role, exit),
            "role",
            role.name().toLowerCase(Locale.ROOT),
            "exit",
            Integer.toString(exit));
      }
    }
  }
}
