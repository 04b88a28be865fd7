// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.names;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.Resource;

/** {@code GET names}. */
@Component
public final class NamesResource implements Resource {
  private final Names names;

  @Activate
  public NamesResource(@Reference Names names) {
    this.names = names;
  }

  @Override
  public String path() {
    return "names";
  }

  @Override
  public String summary() {
    return "Name servers, domains and host name that are handed over, and what keeps them from it.";
  }

  @Override
  public Class<? extends Record> type() {
    return NamesRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    return names.rows();
  }
}
