// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.sluice.ops.api.Resource;

/** {@code /api/v1/bundles}. */
@Component
public final class BundlesResource implements Resource {
  private final BundleContext context;

  @Activate
  public BundlesResource(BundleContext context) {
    this.context = context;
  }

  @Override
  public String path() {
    return "bundles";
  }

  @Override
  public String summary() {
    return "The bundles of the product and of plugins, each with its state.";
  }

  @Override
  public Class<? extends Record> type() {
    return BundleRow.class;
  }

  @Override
  public boolean list() {
    return true;
  }

  @Override
  public List<BundleRow> get(Map<String, String> parameters) {
    return Arrays.stream(context.getBundles()).map(BundleRow::of).toList();
  }
}
