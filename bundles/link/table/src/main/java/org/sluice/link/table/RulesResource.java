// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.link.api.LinkTable;
import org.sluice.ops.api.Resource;

/** {@code GET rules}. */
@Component(service = Resource.class)
public final class RulesResource extends PictureResource<RuleRow> {

  @Activate
  public RulesResource(@Reference LinkTable table) {
    super(
        table,
        "rules",
        "The rules of policy routing, by family and priority.",
        RuleRow.class,
        RuleRow::in);
  }
}
