// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.Version;
import org.osgi.framework.namespace.BundleNamespace;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.FrameworkWiring;
import org.osgi.resource.Namespace;
import org.sluice.host.api.Spelling;

/** Says in words what a bundle lacks, and what comes nearest to it. */
final class Unresolved {
  private static final Pattern LOWER = Pattern.compile("\\(version>=([^)]+)\\)");
  private static final Pattern UPPER = Pattern.compile("\\(!\\(version>=([^)]+)\\)\\)");

  private final BundleContext context;
  private final FrameworkWiring wiring;

  Unresolved(BundleContext context, FrameworkWiring wiring) {
    this.context = context;
    this.wiring = wiring;
  }

  /** What nobody in the framework provides, in words; empty when every requirement has a taker. */
  List<String> missing(Bundle bundle) {
    List<String> texts = new ArrayList<>();
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
      if (mandatory(requirement) && providers(requirement).isEmpty()) {
        texts.add(describe(requirement, bundle));
      }
    }
    return texts;
  }

  /** Bundles that could provide something and cannot be resolved themselves. */
  List<String> unresolvedProviders(Bundle bundle) {
    Set<String> names = new LinkedHashSet<>();
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
      Collection<BundleCapability> providers = providers(requirement);
      boolean ready =
          providers.stream().anyMatch(p -> p.getRevision().getWiring() != null || own(p, bundle));
      if (mandatory(requirement) && !ready) {
        providers.forEach(p -> names.add(p.getRevision().getSymbolicName()));
      }
    }
    return List.copyOf(names);
  }

  private static boolean own(BundleCapability capability, Bundle bundle) {
    return capability.getRevision().getBundle().equals(bundle);
  }

  Collection<BundleCapability> providers(BundleRequirement requirement) {
    return wiring.findProviders(requirement);
  }

  static boolean mandatory(BundleRequirement requirement) {
    var directives = requirement.getDirectives();
    String effective = directives.get(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE);
    String resolution = directives.getOrDefault(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, "");
    return (effective == null || effective.equals(Namespace.EFFECTIVE_RESOLVE))
        && !resolution.equals(Namespace.RESOLUTION_OPTIONAL)
        && !resolution.equals(PackageNamespace.RESOLUTION_DYNAMIC);
  }

  private String describe(BundleRequirement requirement, Bundle self) {
    String filter =
        requirement.getDirectives().getOrDefault(Namespace.REQUIREMENT_FILTER_DIRECTIVE, "");
    String range = range(filter);
    return switch (requirement.getNamespace()) {
      case PackageNamespace.PACKAGE_NAMESPACE -> {
        String name = attribute(filter, PackageNamespace.PACKAGE_NAMESPACE);
        yield "imports package " + name + range + ", which " + nearestPackage(name, self);
      }
      case BundleNamespace.BUNDLE_NAMESPACE -> {
        String name = attribute(filter, BundleNamespace.BUNDLE_NAMESPACE);
        yield "requires bundle " + name + range + ", which " + nearestBundle(name);
      }
      case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
          "needs a Java that satisfies " + filter + ", this is Java " + Runtime.version().feature();
      default ->
          "requires the capability "
              + requirement.getNamespace()
              + " "
              + filter
              + ", which nobody provides";
    };
  }

  static String attribute(String filter, String name) {
    Matcher matcher =
        Pattern.compile(Pattern.quote("(" + name + "=") + "([^)]*)\\)").matcher(filter);
    return matcher.find() ? matcher.group(1) : filter;
  }

  private static String range(String filter) {
    Matcher upper = UPPER.matcher(filter);
    Matcher lower = LOWER.matcher(filter);
    boolean bounded = upper.find();
    if (!lower.find() || (bounded && lower.start() >= upper.start())) {
      return "";
    }
    return bounded
        ? " [" + lower.group(1) + "," + upper.group(1) + ")"
        : " " + lower.group(1) + " or newer";
  }

  private String nearestPackage(String name, Bundle self) {
    Set<String> versions = new TreeSet<>();
    Set<String> names = new TreeSet<>();
    for (Bundle bundle : context.getBundles()) {
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      if (revision == null || bundle.equals(self)) {
        continue;
      }
      for (BundleCapability capability :
          revision.getDeclaredCapabilities(PackageNamespace.PACKAGE_NAMESPACE)) {
        Object exported = capability.getAttributes().get(PackageNamespace.PACKAGE_NAMESPACE);
        if (name.equals(exported)) {
          Object version = capability.getAttributes().get(Constants.VERSION_ATTRIBUTE);
          versions.add(
              (version instanceof Version v ? v : Version.emptyVersion)
                  + " by "
                  + bundle.getSymbolicName());
        } else if (exported != null) {
          names.add(exported.toString());
        }
      }
    }
    if (!versions.isEmpty()) {
      return "is there only in version " + String.join(", ", versions);
    }
    return "nobody exports" + Spelling.question(name, names);
  }

  private String nearestBundle(String name) {
    Set<String> versions = new TreeSet<>();
    Set<String> names = new TreeSet<>();
    for (Bundle bundle : context.getBundles()) {
      if (name.equals(bundle.getSymbolicName())) {
        versions.add(bundle.getVersion().toString());
      } else if (bundle.getSymbolicName() != null) {
        names.add(bundle.getSymbolicName());
      }
    }
    if (!versions.isEmpty()) {
      return "is there only in version " + String.join(", ", versions);
    }
    return "is not there" + Spelling.question(name, names);
  }
}
