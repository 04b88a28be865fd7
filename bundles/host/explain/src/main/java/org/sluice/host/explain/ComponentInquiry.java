// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.UnsatisfiedReferenceDTO;
import org.sluice.host.api.Cause;

/** Why a component is not active. */
final class ComponentInquiry {
  private final Inquiry inquiry;

  ComponentInquiry(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  Cause of(ComponentDescriptionDTO component) {
    String subject = subject(component);
    return inquiry.once(subject, () -> look(subject, component));
  }

  static String subject(ComponentDescriptionDTO component) {
    return "component " + component.name;
  }

  private Cause look(String subject, ComponentDescriptionDTO component) {
    if (!inquiry.runtime().isComponentEnabled(component)) {
      return Inquiry.root(
          subject,
          "is disabled" + (component.defaultEnabled ? "" : " from the start (enabled = false)"),
          "enable it in the code of "
              + component.bundle.symbolicName
              + ": ComponentContext.enableComponent(\""
              + component.name
              + "\")");
    }
    Collection<ComponentConfigurationDTO> configurations =
        inquiry.runtime().getComponentConfigurationDTOs(component);
    if (configurations.isEmpty()) {
      return Inquiry.trouble(
          subject, "waits for its configuration", inquiry.ofConfiguration().missing(component));
    }
    List<ComponentConfigurationDTO> all = List.copyOf(configurations);
    if (all.size() == 1) {
      return one(subject, component, all.getFirst());
    }
    List<Cause> each =
        all.stream()
            .map(
                configuration ->
                    one("configuration " + pid(configuration), component, configuration))
            .toList();
    return Inquiry.node(subject, "exists " + all.size() + " times", each);
  }

  private Cause one(
      String subject, ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
    return switch (configuration.state) {
      case ComponentConfigurationDTO.ACTIVE -> Inquiry.well(subject, "active");
      case ComponentConfigurationDTO.SATISFIED -> satisfied(subject, component);
      case ComponentConfigurationDTO.UNSATISFIED_CONFIGURATION ->
          Inquiry.trouble(
              subject, "waits for its configuration", inquiry.ofConfiguration().missing(component));
      case ComponentConfigurationDTO.UNSATISFIED_REFERENCE ->
          Inquiry.trouble(subject, "waits for a service", references(component, configuration));
      case ComponentConfigurationDTO.FAILED_ACTIVATION -> failed(subject, component, configuration);
      default -> Inquiry.trouble(subject, "is in state " + configuration.state, List.of());
    };
  }

  /** Lazy by design, or hanging in its activation. */
  private Cause satisfied(String subject, ComponentDescriptionDTO component) {
    String place = activating(component);
    if (!place.isEmpty()) {
      return Inquiry.root(
          subject,
          "is still being activated: " + place,
          "let the activation return at once and do long work on a thread of its own");
    }
    return component.immediate
        ? Inquiry.root(
            subject,
            "has all it needs and is not active: its activation was refused or is about to happen",
            "look for its name in the log, then ask again")
        : Inquiry.well(subject, "has all it needs; is activated when somebody uses its service");
  }

  private static String activating(ComponentDescriptionDTO component) {
    return Thread.getAllStackTraces().entrySet().stream()
        .flatMap(
            thread ->
                Arrays.stream(thread.getValue())
                    .filter(frame -> frame.getClassName().equals(component.implementationClass))
                    .filter(
                        frame ->
                            frame.getMethodName().equals("<init>")
                                || frame.getMethodName().equals(component.activate))
                    .findFirst()
                    .map(frame -> "thread " + thread.getKey().getName() + " is in " + frame)
                    .stream())
        .findFirst()
        .orElse("");
  }

  private List<Cause> references(
      ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
    List<Cause> causes = new ArrayList<>();
    for (UnsatisfiedReferenceDTO unsatisfied : configuration.unsatisfiedReferences) {
      Stream.of(component.references)
          .filter(reference -> reference.name.equals(unsatisfied.name))
          .findFirst()
          .map(reference -> reference(component, reference, unsatisfied))
          .ifPresent(causes::add);
    }
    return causes;
  }

  private Cause reference(
      ComponentDescriptionDTO component, ReferenceDTO reference, UnsatisfiedReferenceDTO found) {
    return inquiry
        .ofService()
        .missing(
            reference.interfaceName,
            found.target == null ? "" : found.target,
            component.bundle.id,
            component.name);
  }

  private Cause failed(
      String subject, ComponentDescriptionDTO component, ComponentConfigurationDTO configuration) {
    Bundle bundle = inquiry.bundle(component.bundle.id);
    Predicate<String> own = bundle == null ? name -> false : BundleInquiry.own(bundle);
    Failure failure = Failure.parse(configuration.failure, own);
    return Inquiry.trouble(
        subject,
        "failed in its activation",
        List.of(failure.cause("activation of " + component.name)));
  }

  private static String pid(ComponentConfigurationDTO configuration) {
    return configuration.properties.get("service.pid") instanceof String pid
        ? pid
        : "#" + configuration.id;
  }
}
