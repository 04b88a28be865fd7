// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET packet/handlers}. */
@Component(service = Resource.class)
public final class HandlersResource implements Resource {
  private final Engine engine;

  @Activate
  public HandlersResource(@Reference Engine engine) {
    this.engine = engine;
  }

  @Override
  public String path() {
    return "packet/handlers";
  }

  @Override
  public String summary() {
    return "The handlers of packets, where they are called, and what they have done.";
  }

  @Override
  public Class<? extends Record> type() {
    return HandlerRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return HandlerRow.of(engine);
  }
}
