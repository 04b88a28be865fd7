// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;

/**
 * Whether the product's components that start by themselves are at work. Asks the runtime of
 * declarative services, by reflection, for its classes belong to a bundle and the launcher has none
 * of them.
 */
final class Readiness {
  private static final String COMPONENTS =
      "org.osgi.service.component.runtime.ServiceComponentRuntime";

  /** States of a component configuration, as the OSGi specification numbers them. */
  private static final int SATISFIED = 4;

  private static final int ACTIVE = 8;
  private static final int UNSATISFIED_CONFIGURATION = 1;

  private final BundleContext context;

  Readiness(BundleContext context) {
    this.context = context;
  }

  /**
   * Waits for them; most often there is nothing to wait for, since bundles start in turn.
   *
   * @return the components that are not at work when the time is over
   */
  List<String> await(List<Bundle> bundles, Duration patience) throws InterruptedException {
    ServiceReference<?> reference = context.getServiceReference(COMPONENTS);
    Object components = reference == null ? null : context.getService(reference);
    if (components == null) {
      return List.of("all of them: no bundle gives " + COMPONENTS);
    }
    try {
      long end = System.nanoTime() + patience.toNanos();
      List<String> waiting = waiting(components, bundles);
      while (!waiting.isEmpty() && System.nanoTime() < end) {
        Thread.sleep(5);
        waiting = waiting(components, bundles);
      }
      return waiting;
    } catch (ReflectiveOperationException e) {
      return List.of("unknown: " + e);
    } finally {
      context.ungetService(reference);
    }
  }

  private static List<String> waiting(Object components, List<Bundle> bundles)
      throws ReflectiveOperationException {
    List<String> waiting = new ArrayList<>();
    Bundle[] asked = bundles.toArray(Bundle[]::new);
    for (Object description : called(components, "getComponentDescriptionDTOs", asked)) {
      if (!Boolean.TRUE.equals(field(description, "immediate"))) {
        continue;
      }
      for (Object made : called(components, "getComponentConfigurationDTOs", description)) {
        int state = field(made, "state") instanceof Integer number ? number : ACTIVE;
        // One that has not been configured is not meant to run.
        if (state != ACTIVE && (state & UNSATISFIED_CONFIGURATION) == 0) {
          String why = state == SATISFIED ? " (not started yet)" : "";
          waiting.add(field(description, "name") + why);
        }
      }
    }
    return waiting;
  }

  private static Collection<?> called(Object components, String method, Object argument)
      throws ReflectiveOperationException {
    for (var candidate : components.getClass().getMethods()) {
      if (candidate.getName().equals(method) && !candidate.isBridge()) {
        return candidate.invoke(components, argument) instanceof Collection<?> all
            ? all
            : List.of();
      }
    }
    throw new NoSuchMethodException(method);
  }

  private static @Nullable Object field(Object dto, String name)
      throws ReflectiveOperationException {
    return dto.getClass().getField(name).get(dto);
  }
}
