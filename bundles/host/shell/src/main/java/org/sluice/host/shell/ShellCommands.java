// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.List;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Prose;

/** What the shell says of itself. */
@Component(
    service = ShellCommands.class,
    property = {
      CommandProcessor.COMMAND_SCOPE + "=host",
      CommandProcessor.COMMAND_FUNCTION + "=help",
      CommandProcessor.COMMAND_FUNCTION + "=commands",
      CommandProcessor.COMMAND_FUNCTION + "=sessions",
      Commands.READS + "=help",
      Commands.READS + "=commands",
      Commands.READS + "=sessions"
    })
public final class ShellCommands {
  private final ControlSocket socket;

  @Activate
  public ShellCommands(@Reference ControlSocket socket) {
    this.socket = socket;
  }

  @Descriptor("Shows every command.\nExample: help")
  public Prose help() throws Usage {
    return socket.answering().help().about("");
  }

  @Descriptor(
      "Tells how a command is called, or what there is in a scope.\nExample: help host:sessions")
  public Prose help(@Descriptor("a command, or a scope") String subject) throws Usage {
    return socket.answering().help().about(subject);
  }

  @Descriptor("Lists every command, for scripts.\nExample: host:commands --json")
  public List<Listed> commands() {
    Answering answering = socket.answering();
    return answering.catalogue().commands().stream()
        .map(
            c ->
                new Listed(
                    c.name(), answering.catalogue().reads(c), answering.help().entry(c).summary()))
        .toList();
  }

  @Descriptor("Shows who is connected to this shell.\nExample: host:sessions")
  public List<Connection.Session> sessions() {
    return socket.sessions();
  }

  /**
   * @param reads whether the read-only role may call it
   */
  public record Listed(String command, boolean reads, String what) {}
}
