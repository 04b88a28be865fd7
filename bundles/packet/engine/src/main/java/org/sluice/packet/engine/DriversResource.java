// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET packet/drivers}. */
@Component(service = Resource.class)
public final class DriversResource implements Resource {
  private final OpenPorts open;

  @Activate
  public DriversResource(@Reference OpenPorts open) {
    this.open = open;
  }

  @Override
  public String path() {
    return "packet/drivers";
  }

  @Override
  public String summary() {
    return "The ways to move packets that are installed.";
  }

  @Override
  public Class<? extends Record> type() {
    return DriverRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return DriverRow.of(open);
  }
}
