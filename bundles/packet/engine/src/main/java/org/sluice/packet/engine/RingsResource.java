// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET packet/rings}. */
@Component(service = Resource.class)
public final class RingsResource implements Resource {
  private final OpenPorts open;

  @Activate
  public RingsResource(@Reference OpenPorts open) {
    this.open = open;
  }

  @Override
  public String path() {
    return "packet/rings";
  }

  @Override
  public String summary() {
    return "The rings of all ports: where both sides are and how full they are.";
  }

  @Override
  public Class<? extends Record> type() {
    return RingRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return RingRow.of(open.reports());
  }
}
