// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.sluice.host.api.Cause;
import org.sluice.host.api.Spelling;

/**
 * One question, from the asking to the answer. It sees the framework as it was when it was asked,
 * and remembers the way it came, so that a circle is told and not walked.
 */
final class Inquiry {
  private final BundleContext context;
  private final StartFailures startFailures;
  private final ServiceComponentRuntime runtime;
  private final List<Bundle> bundles;
  private final List<ComponentDescriptionDTO> components;
  private final List<String> way = new ArrayList<>();

  private final BundleInquiry bundleInquiry = new BundleInquiry(this);
  private final WiringInquiry wiringInquiry = new WiringInquiry(this);
  private final ComponentInquiry componentInquiry = new ComponentInquiry(this);
  private final ServiceInquiry serviceInquiry = new ServiceInquiry(this);
  private final ConfigurationInquiry configurationInquiry = new ConfigurationInquiry(this);

  Inquiry(BundleContext context, ServiceComponentRuntime runtime, StartFailures startFailures) {
    this.context = context;
    this.runtime = runtime;
    this.startFailures = startFailures;
    this.bundles = List.of(context.getBundles());
    // SCR tells them in no order.
    this.components =
        runtime.getComponentDescriptionDTOs().stream()
            .sorted(Comparator.comparing(about -> about.name))
            .toList();
  }

  ServiceComponentRuntime runtime() {
    return runtime;
  }

  BundleContext context() {
    return context;
  }

  StartFailures startFailures() {
    return startFailures;
  }

  List<Bundle> bundles() {
    return bundles;
  }

  @Nullable Bundle bundle(long id) {
    return context.getBundle(id);
  }

  List<ComponentDescriptionDTO> components() {
    return components;
  }

  List<ComponentDescriptionDTO> components(Bundle bundle) {
    return components.stream().filter(c -> c.bundle.id == bundle.getBundleId()).toList();
  }

  BundleInquiry ofBundle() {
    return bundleInquiry;
  }

  WiringInquiry ofWiring() {
    return wiringInquiry;
  }

  ComponentInquiry ofComponent() {
    return componentInquiry;
  }

  ServiceInquiry ofService() {
    return serviceInquiry;
  }

  ConfigurationInquiry ofConfiguration() {
    return configurationInquiry;
  }

  /**
   * Asks another service of the host for the time of one call. They are not references: deploy
   * provides one of them and uses this bundle, and an answer without them is better than none.
   */
  <S, R> R ask(Class<S> type, R otherwise, java.util.function.Function<S, R> question) {
    ServiceReference<S> reference = context.getServiceReference(type);
    S service = reference == null ? null : context.getService(reference);
    if (reference == null || service == null) {
      return otherwise;
    }
    try {
      return question.apply(service);
    } finally {
      context.ungetService(reference);
    }
  }

  /** Looks into one subject, unless the way already leads through it. */
  Cause once(String subject, Supplier<Cause> look) {
    int before = way.indexOf(subject);
    if (before >= 0) {
      String circle = String.join(" → ", way.subList(before, way.size()));
      return new Cause(
          subject,
          false,
          "waits for itself: " + circle + " → " + subject,
          "break the circle: make one of these references optional and dynamic",
          List.of());
    }
    way.addLast(subject);
    try {
      return look.get();
    } finally {
      way.removeLast();
    }
  }

  static Cause well(String subject, String text) {
    return new Cause(subject, true, text, "", List.of());
  }

  static Cause root(String subject, String text, String remedy) {
    return new Cause(subject, false, text, remedy, List.of());
  }

  static Cause node(String subject, String text, List<Cause> because) {
    return new Cause(subject, because.stream().allMatch(Cause::well), text, "", because);
  }

  static Cause trouble(String subject, String text, List<Cause> because) {
    return new Cause(subject, false, text, "", because);
  }

  /** {@code org.acme.lib 1.2.0 (#14)}, as it is called in every text. */
  static String name(Bundle bundle) {
    return (bundle.getSymbolicName() == null ? bundle.getLocation() : bundle.getSymbolicName())
        + " "
        + bundle.getVersion()
        + " (#"
        + bundle.getBundleId()
        + ")";
  }

  /** {@code ; did you mean a or b?}, or nothing. */
  static String didYouMean(String wanted, Collection<String> known) {
    List<String> near =
        Spelling.near(wanted, known.stream().filter(n -> !n.equals(wanted)).toList(), 3);
    return near.isEmpty()
        ? ""
        : near.stream().collect(Collectors.joining(" or ", "; did you mean ", "?"));
  }
}
