// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.sluice.ops.api.Health;
import org.sluice.ops.api.HealthCheck;

/**
 * Looks whether a started plugin is well: its components satisfied and none failed, its services
 * obtainable, its own health checks not critical. A component that only lacks configuration it
 * requires is well: it waits.
 */
final class Probe {
  private static final int PAUSE = 5;

  private final BundleContext context;
  private final ServiceComponentRuntime components;

  Probe(BundleContext context, ServiceComponentRuntime components) {
    this.context = context;
    this.components = components;
  }

  /** What the components of a plugin are up to. */
  private static final class Picture {
    final List<String> failed = new ArrayList<>();
    final Set<String> waitsFor = new LinkedHashSet<>();
    final List<Waiting> waiting = new ArrayList<>();
    final Set<String> excused = new HashSet<>();
  }

  private record Waiting(ComponentDescriptionDTO component, List<ReferenceDTO> missing) {}

  /**
   * Looks, on the calling thread, running code of the plugin.
   *
   * @param patience how long a missing service may take to come
   */
  void examine(String file, Bundle bundle, Duration patience)
      throws RefusedException, InterruptedException {
    if (bundle.getState() != Bundle.ACTIVE) {
      throw new RefusedException(
          Refusal.Kind.START_FAILED,
          file + " did not stay active after its start",
          "see the log for what stopped it");
    }
    long end = System.nanoTime() + patience.toNanos();
    Picture picture = picture(bundle);
    while (picture.failed.isEmpty() && !picture.waiting.isEmpty() && System.nanoTime() < end) {
      Thread.sleep(PAUSE);
      picture = picture(bundle);
    }
    judge(file, picture);
    obtainServices(file, bundle);
    judge(file, picture(bundle));
  }

  /** PIDs a plugin cannot do without and has not got. */
  List<String> waitsFor(Bundle bundle) {
    return List.copyOf(picture(bundle).waitsFor);
  }

  /** Components that failed when they were activated, each with its reason. */
  List<String> failures(Bundle bundle) {
    return picture(bundle).failed;
  }

  private static void judge(String file, Picture picture) throws RefusedException {
    if (!picture.failed.isEmpty()) {
      throw new RefusedException(
          Refusal.Kind.START_FAILED,
          file + ": " + String.join("; ", picture.failed),
          "mend the component or its configuration");
    }
    if (!picture.waiting.isEmpty()) {
      Set<String> awaits = new LinkedHashSet<>();
      List<String> texts = new ArrayList<>();
      for (Waiting waiting : picture.waiting) {
        for (ReferenceDTO reference : waiting.missing()) {
          awaits.add(reference.interfaceName);
          String target = reference.target == null ? "" : " with " + reference.target;
          texts.add(
              "component %s waits for a service %s%s (reference %s)"
                  .formatted(
                      waiting.component().name, reference.interfaceName, target, reference.name));
        }
      }
      throw new RefusedException(
          new Refusal(
              Refusal.Kind.UNSATISFIED,
              file + " never becomes active: " + String.join("; ", texts),
              "drop the plugin that provides it; this one is tried again then",
              awaits));
    }
  }

  private Picture picture(Bundle bundle) {
    Picture picture = new Picture();
    List<Waiting> unsatisfied = new ArrayList<>();
    for (ComponentDescriptionDTO component : components.getComponentDescriptionDTOs(bundle)) {
      if (!components.isComponentEnabled(component)) {
        continue;
      }
      var configurations = components.getComponentConfigurationDTOs(component);
      if (configurations.isEmpty() && "require".equals(component.configurationPolicy)) {
        waitForConfiguration(picture, component);
      }
      for (ComponentConfigurationDTO configuration : configurations) {
        switch (configuration.state) {
          case ComponentConfigurationDTO.FAILED_ACTIVATION ->
              picture.failed.add(
                  "component "
                      + component.name
                      + " failed: "
                      + Failure.summary(configuration.failure));
          case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
              waitForConfiguration(picture, component);
          case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
              unsatisfied.add(new Waiting(component, missing(component, configuration)));
          default -> {
            // Satisfied or active.
          }
        }
      }
    }
    excuse(picture, unsatisfied);
    return picture;
  }

  private static void waitForConfiguration(Picture picture, ComponentDescriptionDTO component) {
    picture.waitsFor.addAll(Arrays.asList(component.configurationPid));
    picture.excused.addAll(Arrays.asList(component.serviceInterfaces));
  }

  /** Who waits for a component of the same plugin that waits for configuration waits for that. */
  private static void excuse(Picture picture, List<Waiting> unsatisfied) {
    boolean more = true;
    while (more) {
      more = false;
      for (Waiting waiting : List.copyOf(unsatisfied)) {
        boolean excused =
            waiting.missing().stream().allMatch(r -> picture.excused.contains(r.interfaceName));
        if (excused) {
          picture.excused.addAll(Arrays.asList(waiting.component().serviceInterfaces));
          unsatisfied.remove(waiting);
          more = true;
        }
      }
    }
    picture.waiting.addAll(unsatisfied);
  }

  private static List<ReferenceDTO> missing(
      ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
    Set<String> names = new HashSet<>();
    for (UnsatisfiedReferenceDTO reference : configuration.unsatisfiedReferences) {
      names.add(reference.name);
    }
    return Arrays.stream(component.references).filter(r -> names.contains(r.name)).toList();
  }

  private void obtainServices(String file, Bundle bundle) throws RefusedException {
    ServiceReference<?>[] references = bundle.getRegisteredServices();
    for (ServiceReference<?> reference :
        references == null ? new ServiceReference<?>[0] : references) {
      obtain(file, bundle, reference);
    }
  }

  private <S> void obtain(String file, Bundle bundle, ServiceReference<S> reference)
      throws RefusedException {
    S service = context.getService(reference);
    try {
      if (service == null && reference.getBundle() != null) {
        List<String> failures = failures(bundle);
        throw new RefusedException(
            Refusal.Kind.START_FAILED,
            "%s registers %s but the service cannot be obtained%s"
                .formatted(
                    file,
                    String.join(", ", (String[]) reference.getProperty(Constants.OBJECTCLASS)),
                    failures.isEmpty() ? "" : ": " + String.join("; ", failures)),
            "mend the component that provides it");
      }
      if (service instanceof HealthCheck check) {
        Health health = check.check();
        if (health.status() == Health.Status.CRITICAL) {
          throw new RefusedException(
              Refusal.Kind.UNHEALTHY,
              file + ": its health check " + check.name() + " is critical: " + health.text(),
              health.remedy());
        }
      }
    } finally {
      if (service != null) {
        context.ungetService(reference);
      }
    }
  }
}
