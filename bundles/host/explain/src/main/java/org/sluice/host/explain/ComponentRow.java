// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/**
 * One component, or one configuration of it, as it is listed.
 *
 * @param waitsFor services it cannot be satisfied without, or the configuration
 */
record ComponentRow(
    String name, String bundle, String state, List<String> services, List<String> waitsFor) {

  static Stream<ComponentRow> of(ServiceComponentRuntime runtime, ComponentDescriptionDTO about) {
    if (!runtime.isComponentEnabled(about)) {
      return Stream.of(row(about, "disabled", List.of()));
    }
    Collection<ComponentConfigurationDTO> configurations =
        runtime.getComponentConfigurationDTOs(about);
    return configurations.isEmpty()
        ? Stream.of(row(about, "no configuration", List.of(about.configurationPid)))
        : configurations.stream().map(each -> row(about, state(each), waitsFor(about, each)));
  }

  private static ComponentRow row(
      ComponentDescriptionDTO about, String state, List<String> waitsFor) {
    return new ComponentRow(
        about.name, about.bundle.symbolicName, state, List.of(about.serviceInterfaces), waitsFor);
  }

  private static String state(ComponentConfigurationDTO configuration) {
    return switch (configuration.state) {
      case ComponentConfigurationDTO.ACTIVE -> "active";
      case ComponentConfigurationDTO.SATISFIED -> "satisfied";
      case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION -> "no configuration";
      case ComponentConfigurationDTO.UNSATISFIED_REFERENCE -> "unsatisfied";
      case ComponentConfigurationDTO.FAILED_ACTIVATION -> "failed";
      default -> "state " + configuration.state;
    };
  }

  private static List<String> waitsFor(
      ComponentDescriptionDTO about, ComponentConfigurationDTO configuration) {
    if (configuration.state == ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION) {
      return List.of(about.configurationPid);
    }
    List<String> unsatisfied =
        Arrays.stream(configuration.unsatisfiedReferences).map(each -> each.name).toList();
    return Arrays.stream(about.references)
        .filter(reference -> unsatisfied.contains(reference.name))
        .map(reference -> reference.interfaceName)
        .toList();
  }
}
