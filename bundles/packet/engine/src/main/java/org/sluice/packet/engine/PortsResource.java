// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET packet/ports}. */
@Component(service = Resource.class)
public final class PortsResource implements Resource {
  private final OpenPorts open;

  @Activate
  public PortsResource(@Reference OpenPorts open) {
    this.open = open;
  }

  @Override
  public String path() {
    return "packet/ports";
  }

  @Override
  public String summary() {
    return "The ports that are open, what they moved and lost, and where their chunks are.";
  }

  @Override
  public Class<? extends Record> type() {
    return PortRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return open.reports().stream().map(PortRow::of).toList();
  }
}
