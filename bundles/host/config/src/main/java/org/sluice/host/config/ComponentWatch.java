// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;

/** Sees what a change of configuration does to components. */
final class ComponentWatch {
  private final BundleContext context;
  private final ServiceComponentRuntime runtime;

  ComponentWatch(BundleContext context, ServiceComponentRuntime runtime) {
    this.context = context;
    this.runtime = runtime;
  }

  /**
   * One component, configured.
   *
   * @param pids the PIDs it is configured by
   * @param service its service's id; 0 when it has none
   */
  record Seen(
      String name,
      String bundle,
      Set<String> pids,
      int state,
      String failure,
      String waitsFor,
      long service) {

    boolean satisfied() {
      return state == ComponentConfigurationDTO.SATISFIED
          || state == ComponentConfigurationDTO.ACTIVE;
    }

    boolean failed() {
      return state == ComponentConfigurationDTO.FAILED_ACTIVATION;
    }

    /** The first of these PIDs that configures it. */
    @Nullable Pid usedOf(Collection<Pid> changed) {
      for (Pid pid : changed) {
        if (pids.contains(pid.toString())) {
          return pid;
        }
      }
      return null;
    }

    String words() {
      return "component " + name + " of " + bundle;
    }
  }

  /** All components by a name that stays the same when one of them is made anew. */
  Map<String, Seen> look() {
    Map<String, Seen> all = new HashMap<>();
    for (ComponentDescriptionDTO component : runtime.getComponentDescriptionDTOs()) {
      if (!"ignore".equals(component.configurationPolicy)) {
        for (ComponentConfigurationDTO dto : runtime.getComponentConfigurationDTOs(component)) {
          Seen seen = seen(component, dto);
          all.put(component.bundle.id + "/" + component.name + "/" + instance(dto), seen);
        }
      }
    }
    return all;
  }

  private static String instance(ComponentConfigurationDTO dto) {
    return dto.properties.get("service.factoryPid") == null
        ? ""
        : String.valueOf(dto.properties.get(Constants.SERVICE_PID));
  }

  private static Seen seen(ComponentDescriptionDTO component, ComponentConfigurationDTO dto) {
    List<String> pids = new ArrayList<>(Arrays.asList(component.configurationPid));
    switch (dto.properties.get(Constants.SERVICE_PID)) {
      case String pid -> pids.add(pid);
      case Collection<?> several -> several.forEach(p -> pids.add(String.valueOf(p)));
      case String[] several -> pids.addAll(Arrays.asList(several));
      case null, default -> {
        // not configured
      }
    }
    List<String> waits =
        dto.unsatisfiedReferences == null
            ? List.of()
            : Stream.of(dto.unsatisfiedReferences)
                .map(r -> r.name + (r.target == null ? "" : " " + r.target))
                .toList();
    return new Seen(
        component.name,
        component.bundle.symbolicName,
        Set.copyOf(pids),
        dto.state,
        dto.failure == null ? "" : rootCause(dto.failure),
        String.join(", ", waits),
        dto.service == null || component.serviceInterfaces.length == 0 ? 0 : dto.service.id);
  }

  /** The line of a stack trace that tells most: the innermost cause. */
  static String rootCause(String trace) {
    String cause = "";
    for (String line : trace.lines().toList()) {
      if (cause.isEmpty() || line.startsWith("Caused by: ")) {
        cause = line.replaceFirst("^Caused by: ", "");
      }
    }
    return cause.strip();
  }

  /**
   * What is worse now than before.
   *
   * @param last also tell of components that wait for something; before the end they may still find
   *     it
   */
  List<Failure> worse(
      Map<String, Seen> before, Map<String, Seen> now, Collection<Pid> changed, boolean last) {
    List<Failure> failures = new ArrayList<>();
    now.forEach(
        (key, seen) -> {
          Seen earlier = before.get(key);
          Pid pid = seen.usedOf(changed);
          boolean wasSatisfied = earlier != null && earlier.satisfied();
          boolean concerned = pid != null || wasSatisfied;
          if (seen.failed() && concerned && (earlier == null || !earlier.failed())) {
            failures.add(new Failure(pid, seen.words() + " failed to start: " + seen.failure()));
          } else if (last && pid != null && wasSatisfied && !seen.satisfied()) {
            failures.add(
                new Failure(
                    pid,
                    seen.words() + " is not satisfied any more, waits for " + seen.waitsFor()));
          }
        });
    return failures;
  }

  /**
   * Uses the services of components that are made only when used, so that they show whether they
   * can be made.
   *
   * @return to be released when that is known
   */
  List<ServiceReference<?>> use(Map<String, Seen> now, Collection<Pid> changed) {
    List<ServiceReference<?>> used = new ArrayList<>();
    for (Seen seen : now.values()) {
      if (seen.state() == ComponentConfigurationDTO.SATISFIED
          && seen.service() != 0
          && seen.usedOf(changed) != null) {
        ServiceReference<?> reference = reference(seen.service());
        if (reference != null) {
          // What comes back says nothing: a failure shows in the component's state.
          context.getService(reference);
          used.add(reference);
        }
      }
    }
    return used;
  }

  void release(List<ServiceReference<?>> used) {
    used.forEach(context::ungetService);
  }

  private @Nullable ServiceReference<?> reference(long id) {
    try {
      ServiceReference<?>[] found =
          context.getAllServiceReferences(null, "(" + Constants.SERVICE_ID + "=" + id + ")");
      return found == null ? null : found[0];
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("a filter made of a number", e);
    }
  }
}
