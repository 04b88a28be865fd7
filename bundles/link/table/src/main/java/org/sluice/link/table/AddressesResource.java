// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkSnapshot;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET addresses}. */
@Component
public final class AddressesResource implements Resource {
  private final LinkTable table;

  @Activate
  public AddressesResource(@Reference LinkTable table) {
    this.table = table;
  }

  @Override
  public String path() {
    return "addresses";
  }

  @Override
  public String summary() {
    return "The addresses of this host, by link.";
  }

  @Override
  public Class<? extends Record> type() {
    return AddressRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public Object get(Map<String, String> parameters) {
    LinkSnapshot picture = table.snapshot();
    Names names = Names.in(picture);
    return picture.addresses().stream().map(a -> AddressRow.of(a, names)).toList();
  }
}
