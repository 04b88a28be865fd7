// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Cause;
import org.sluice.host.api.Commands;
import org.sluice.host.api.Explainer;

/** {@code host:explain}. */
@Component(
    service = ExplainCommand.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=explain",
      Commands.READS + "=explain"
    })
public final class ExplainCommand {
  private final Explainer explainer;

  @Activate
  public ExplainCommand(@Reference Explainer explainer) {
    this.explainer = explainer;
  }

  @Descriptor(
      """
      Tells why something is not up: the chain of causes, down to what you can mend.
      Example: host:explain org.sluice.link.kernel""")
  public Cause explain(
      @Descriptor("name of a bundle, component, configuration, service interface or plugin file")
          String name) {
    return explainer.explain(name);
  }
}
