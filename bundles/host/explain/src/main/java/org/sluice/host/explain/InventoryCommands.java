// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.felix.service.command.Descriptor;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.sluice.host.api.Commands;

/** {@code host:bundles}, {@code host:components} and {@code host:services}: what there is. */
@Component(
    service = InventoryCommands.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=bundles",
      "osgi.command.function=components",
      "osgi.command.function=services",
      Commands.READS + "=bundles",
      Commands.READS + "=components",
      Commands.READS + "=services"
    })
public final class InventoryCommands {
  private final BundleContext context;
  private final ServiceComponentRuntime runtime;

  @Activate
  public InventoryCommands(BundleContext context, @Reference ServiceComponentRuntime runtime) {
    this.context = context;
    this.runtime = runtime;
  }

  /**
   * @param usedBy names of bundles
   */
  record ServiceRow(long id, List<String> types, String bundle, int ranking, List<String> usedBy) {}

  @Descriptor(
      """
      Lists the bundles, those of the product and those of plugins.
      Example: host:bundles""")
  public List<BundleRow> bundles() {
    return Arrays.stream(context.getBundles()).map(BundleRow::of).toList();
  }

  @Descriptor(
      """
      Lists the components with their state and what they wait for.
      Example: host:components""")
  public List<ComponentRow> components() {
    return runtime.getComponentDescriptionDTOs().stream()
        .flatMap(about -> ComponentRow.of(runtime, about))
        .sorted(Comparator.comparing(ComponentRow::name))
        .toList();
  }

  @Descriptor(
      """
      Lists the services in the registry.
      Example: host:services""")
  public List<ServiceRow> services() throws InvalidSyntaxException {
    return rows(context.getAllServiceReferences((@Nullable String) null, null), "");
  }

  @Descriptor(
      """
      Lists the services whose interface contains a word, or which match a filter.
      Example: host:services HealthCheck
      Example: host:services "(service.bundleid=3)\"""")
  public List<ServiceRow> services(
      @Descriptor("a part of the name of an interface, or an LDAP filter") String filter) {
    if (!filter.startsWith("(")) {
      return rows(references(null), filter);
    }
    return rows(references(filter), "");
  }

  private ServiceReference<?> @Nullable [] references(@Nullable String filter) {
    try {
      return context.getAllServiceReferences((@Nullable String) null, filter);
    } catch (InvalidSyntaxException e) {
      throw new IllegalArgumentException(filter + " is no filter: " + e.getMessage(), e);
    }
  }

  private static List<ServiceRow> rows(ServiceReference<?> @Nullable [] references, String word) {
    return Arrays.stream(references == null ? new ServiceReference<?>[0] : references)
        .map(InventoryCommands::row)
        .filter(row -> row.types().stream().anyMatch(type -> type.contains(word)))
        .sorted(Comparator.comparingLong(ServiceRow::id))
        .toList();
  }

  private static ServiceRow row(ServiceReference<?> reference) {
    Object ranking = reference.getProperty(Constants.SERVICE_RANKING);
    var users = reference.getUsingBundles();
    return new ServiceRow(
        (Long) reference.getProperty(Constants.SERVICE_ID),
        List.of((String[]) reference.getProperty(Constants.OBJECTCLASS)),
        Inquiry.name(reference.getBundle()),
        ranking instanceof Integer number ? number : 0,
        users == null
            ? List.of()
            : Arrays.stream(users).map(user -> String.valueOf(user.getSymbolicName())).toList());
  }
}
