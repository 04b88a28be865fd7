// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;

/** What the shell can ask. */
@Component(
    service = NamesCommands.class,
    property = {
      "osgi.command.scope=link",
      "osgi.command.function=names",
      Commands.READS + "=names"
    })
public final class NamesCommands {
  private final Names names;

  @Activate
  public NamesCommands(@Reference Names names) {
    this.names = names;
  }

  @Descriptor(
      """
      Shows the name servers, domains and host name that are handed over to systemd-resolved and systemd-hostnamed, what would be done next, and what keeps it from being done.
      Example: link:names
      Example: link:names --json""")
  public List<? extends Record> names() {
    return names.rows();
  }
}
