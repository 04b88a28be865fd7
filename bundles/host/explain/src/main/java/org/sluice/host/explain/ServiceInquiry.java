// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.sluice.host.api.Cause;

/** Why a service is not there, or not for the one who asks for it. */
final class ServiceInquiry {
  private static final String SERVICE_NAMESPACE = "osgi.service";
  private final Inquiry inquiry;

  ServiceInquiry(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  /** Who provides an interface; if nobody does, who would. */
  Cause of(String type) {
    List<ServiceReference<?>> here = registered(type);
    if (here.isEmpty()) {
      return missing(type, "", 0, "");
    }
    List<Cause> each =
        here.stream()
            .map(
                reference ->
                    Inquiry.well(
                        "service #" + reference.getProperty(Constants.SERVICE_ID),
                        "by " + Inquiry.name(reference.getBundle())))
            .toList();
    return Inquiry.node("service " + type, "is provided", each);
  }

  /**
   * @param target filter of the one who asks; empty for any
   * @param bundleId bundle of the one who asks; 0 when it does not matter
   * @param asker its component; empty when nobody particular asks
   */
  Cause missing(String type, String target, long bundleId, String asker) {
    String subject =
        "service " + type + (target.isEmpty() || target.equals("(*)") ? "" : " with " + target);
    String wanted = asker.isEmpty() ? "not there" : "needed by component " + asker;
    List<ServiceReference<?>> here = registered(type);
    if (!here.isEmpty()) {
      return unfit(subject, wanted, here, type, target, bundleId);
    }
    List<Cause> down = providers(type);
    if (!down.isEmpty()) {
      return Inquiry.trouble(subject, wanted + "; whoever would provide it is not up", down);
    }
    return Inquiry.root(
        subject,
        wanted + "; no bundle here provides it" + Inquiry.didYouMean(type, names()),
        "drop the bundle that provides it into plugins/");
  }

  /** It is there, but the filter or the class loader stands between. */
  private Cause unfit(
      String subject,
      String wanted,
      List<ServiceReference<?>> here,
      String type,
      String target,
      long bundleId) {
    List<Cause> each = new ArrayList<>();
    for (ServiceReference<?> reference : here) {
      String candidate =
          "service #"
              + reference.getProperty(Constants.SERVICE_ID)
              + " by "
              + Inquiry.name(reference.getBundle());
      List<String> failures =
          target.isEmpty() ? List.of() : FilterTree.parse(target).failures(properties(reference));
      Bundle asker = bundleId == 0 ? null : inquiry.bundle(bundleId);
      if (!failures.isEmpty()) {
        each.add(
            Inquiry.root(
                candidate,
                type + " does not fit: " + String.join(" and ", failures),
                "change the property of the provider or the target of the reference"));
      } else if (asker != null && !reference.isAssignableTo(asker, type)) {
        each.add(
            Inquiry.root(
                candidate,
                type
                    + " comes from another class loader than the one "
                    + Inquiry.name(asker)
                    + " is wired to",
                "let only one api bundle export the package, and both others import it"));
      }
    }
    return each.isEmpty()
        ? Inquiry.root(subject, wanted + " and has just come", "ask again")
        : Inquiry.trouble(subject, wanted + "; what is here does not fit", each);
  }

  /** Components that say they provide it, and bundles that say so but are not active. */
  private List<Cause> providers(String type) {
    List<Cause> down = new ArrayList<>();
    for (ComponentDescriptionDTO component : inquiry.components()) {
      if (Arrays.asList(component.serviceInterfaces).contains(type)) {
        down.add(inquiry.ofComponent().of(component));
      }
    }
    for (Bundle bundle : inquiry.bundles()) {
      if (bundle.getState() != Bundle.ACTIVE && promised(bundle).contains(type)) {
        down.add(inquiry.ofBundle().of(bundle));
      }
    }
    return down;
  }

  /** Services that the manifest of a bundle promises: bnd writes them from the components. */
  private static Set<String> promised(Bundle bundle) {
    Set<String> names = new TreeSet<>();
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    if (revision != null) {
      for (BundleCapability capability : revision.getDeclaredCapabilities(SERVICE_NAMESPACE)) {
        Object types = capability.getAttributes().get(Constants.OBJECTCLASS);
        if (types instanceof Collection<?> several) {
          several.forEach(name -> names.add(name.toString()));
        } else if (types != null) {
          names.add(types.toString());
        }
      }
    }
    return names;
  }

  /** Whether anybody provides, promises or wants an interface of that name. */
  boolean known(String type) {
    return names().contains(type);
  }

  /** Every service interface that is provided, promised or wanted. */
  Set<String> names() {
    Set<String> names = new TreeSet<>();
    for (ServiceReference<?> reference : registered(null)) {
      names.addAll(List.of((String[]) reference.getProperty(Constants.OBJECTCLASS)));
    }
    for (ComponentDescriptionDTO component : inquiry.components()) {
      names.addAll(List.of(component.serviceInterfaces));
      Arrays.stream(component.references).forEach(wanted -> names.add(wanted.interfaceName));
    }
    inquiry.bundles().forEach(bundle -> names.addAll(promised(bundle)));
    return names;
  }

  List<ServiceReference<?>> registered(@Nullable String type) {
    try {
      ServiceReference<?>[] all = inquiry.context().getAllServiceReferences(type, null);
      return all == null ? List.of() : List.of(all);
    } catch (InvalidSyntaxException e) {
      throw new IllegalStateException("no filter was given", e);
    }
  }

  private static Map<String, Object> properties(ServiceReference<?> reference) {
    Map<String, Object> properties = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    for (String key : reference.getPropertyKeys()) {
      properties.put(key, reference.getProperty(key));
    }
    return properties;
  }
}
