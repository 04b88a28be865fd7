// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.namespace.ExecutionEnvironmentNamespace;
import org.osgi.framework.namespace.HostNamespace;
import org.osgi.framework.namespace.IdentityNamespace;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.resource.Namespace;
import org.sluice.host.api.Cause;

/**
 * What keeps a bundle from being resolved. It asks every requirement of the bundle of every
 * capability in the framework, where the resolver stops at the first that fails, and knows the
 * nearest candidate, where the resolver only knows that there is none.
 */
final class WiringInquiry {
  private final Inquiry inquiry;

  WiringInquiry(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  /** Everything that is missing; empty when the bundle is resolved or could be. */
  List<Cause> missing(Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    if (revision == null || revision.getWiring() != null) {
      return List.of();
    }
    List<Cause> missing = new ArrayList<>();
    for (BundleRequirement requirement : revision.getDeclaredRequirements(null)) {
      if (mandatory(requirement)) {
        unmet(bundle, requirement).ifPresent(missing::add);
      }
    }
    if (missing.isEmpty()) {
      singleton(bundle, revision).ifPresent(missing::add);
    }
    if (missing.isEmpty()) {
      missing.addAll(new UsesConflicts(this).of(revision));
    }
    return missing;
  }

  private Optional<Cause> unmet(Bundle bundle, BundleRequirement requirement) {
    List<BundleCapability> candidates = candidates(requirement);
    if (candidates.isEmpty()) {
      return Optional.of(nothing(bundle, requirement));
    }
    List<Cause> down = new ArrayList<>();
    for (BundleCapability candidate : candidates) {
      Bundle provider = candidate.getRevision().getBundle();
      if (provider.equals(bundle) || candidate.getRevision().getWiring() != null) {
        return Optional.empty();
      }
      Cause cause =
          inquiry.once(
              "bundle " + Inquiry.name(provider),
              () -> new Cause("bundle " + Inquiry.name(provider), true, "", "", missing(provider)));
      // Bundles that need one another resolve together: a circle is no reason here.
      if (cause.because().isEmpty()) {
        return Optional.empty();
      }
      down.add(
          Inquiry.trouble(
              cause.subject(), "provides it, but cannot be resolved itself", cause.because()));
    }
    return Optional.of(
        Inquiry.trouble(
            subject(requirement),
            "needed by " + Inquiry.name(bundle) + "; whoever provides it is down itself",
            down));
  }

  private Cause nothing(Bundle bundle, BundleRequirement requirement) {
    return switch (requirement.getNamespace()) {
      case PackageNamespace.PACKAGE_NAMESPACE -> noPackage(bundle, requirement);
      case ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE ->
          noEnvironment(bundle, requirement);
      case BundleRevision.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
          noBundle(bundle, requirement);
      default -> noCapability(bundle, requirement);
    };
  }

  private Cause noPackage(Bundle bundle, BundleRequirement requirement) {
    FilterTree filter = filter(requirement);
    String name = filter.equal(PackageNamespace.PACKAGE_NAMESPACE);
    String needed = "needed by " + Inquiry.name(bundle);
    List<BundleCapability> exports = capabilities(PackageNamespace.PACKAGE_NAMESPACE);
    List<BundleCapability> same = named(exports, PackageNamespace.PACKAGE_NAMESPACE, name);
    if (!same.isEmpty()) {
      String nearest =
          same.stream()
              .map(
                  c ->
                      version(c)
                          + " by "
                          + Inquiry.name(c.getRevision().getBundle())
                          + lacks(requirement, c))
              .collect(Collectors.joining(", "));
      return Inquiry.root(
          subject(requirement),
          needed + "; it is here only as " + nearest,
          "build "
              + bundle.getSymbolicName()
              + " against what is here, or drop a bundle that exports "
              + (name + " " + range(filter)).strip());
    }
    Optional<Bundle> hidden =
        inquiry.bundles().stream()
            .filter(other -> other.getBundleId() != 0 && !other.equals(bundle))
            .filter(other -> contains(other, name))
            .findFirst();
    if (hidden.isPresent()) {
      return Inquiry.root(
          subject(requirement),
          needed + "; " + Inquiry.name(hidden.get()) + " has it but does not export it",
          "use the package of an api bundle instead: what is not exported may change at any time");
    }
    Set<String> known = new TreeSet<>();
    exports.forEach(c -> known.add(text(c, PackageNamespace.PACKAGE_NAMESPACE)));
    String meant = Inquiry.didYouMean(name, known);
    return Inquiry.root(
        subject(requirement),
        needed + "; no bundle here exports it" + meant,
        "drop the bundle that exports it into plugins/, or put its classes into "
            + bundle.getSymbolicName()
            + " (bnd: -includepackage "
            + name
            + ")");
  }

  /** Looks at the jar's entries only: {@link Bundle#findEntries} would resolve the bundle. */
  private static boolean contains(Bundle bundle, String packageName) {
    Enumeration<String> entries = bundle.getEntryPaths(packageName.replace('.', '/'));
    return entries != null
        && Collections.list(entries).stream().anyMatch(entry -> entry.endsWith(".class"));
  }

  private Cause noEnvironment(Bundle bundle, BundleRequirement requirement) {
    FilterTree filter = filter(requirement);
    String wanted =
        filter.equal(ExecutionEnvironmentNamespace.EXECUTION_ENVIRONMENT_NAMESPACE)
            + " "
            + filter.range("version");
    if (wanted.startsWith("UNKNOWN")) {
      return Inquiry.root(
          "execution environment UNKNOWN",
          "asked for by "
              + Inquiry.name(bundle)
              + ": the bnd that built it did not know the class files",
          "build it with bnd 7.3.0 or later");
    }
    return Inquiry.root(
        "Java (" + wanted.strip() + ")",
        "needed by "
            + Inquiry.name(bundle)
            + "; this process runs Java "
            + Runtime.version().feature(),
        "build it with <maven.compiler.release>"
            + Runtime.version().feature()
            + "</maven.compiler.release> or lower, or run the product on that Java");
  }

  private Cause noBundle(Bundle bundle, BundleRequirement requirement) {
    FilterTree filter = filter(requirement);
    String name = filter.equal(requirement.getNamespace());
    List<Bundle> same =
        inquiry.bundles().stream().filter(b -> name.equals(b.getSymbolicName())).toList();
    String nearest =
        same.isEmpty()
            ? "; no bundle here is called so"
                + Inquiry.didYouMean(
                    name,
                    inquiry.bundles().stream()
                        .map(Bundle::getSymbolicName)
                        .filter(Objects::nonNull)
                        .toList())
            : "; it is here only as "
                + same.stream().map(Inquiry::name).collect(Collectors.joining(", "));
    boolean fragment = HostNamespace.HOST_NAMESPACE.equals(requirement.getNamespace());
    return Inquiry.root(
        subject(requirement),
        (fragment ? "host of the fragment " : "required by ") + Inquiry.name(bundle) + nearest,
        "drop " + (name + " " + range(filter)).strip() + " into plugins/");
  }

  private Cause noCapability(Bundle bundle, BundleRequirement requirement) {
    List<BundleCapability> same = capabilities(requirement.getNamespace());
    String nearest =
        same.isEmpty()
            ? "; nothing here provides " + requirement.getNamespace()
            : same.stream()
                .limit(3)
                .map(c -> Inquiry.name(c.getRevision().getBundle()) + lacks(requirement, c))
                .collect(Collectors.joining(", ", "; nearest is ", ""));
    return Inquiry.root(
        subject(requirement),
        "needed by " + Inquiry.name(bundle) + nearest,
        "drop a bundle into plugins/ that says Provide-Capability: " + requirement.getNamespace());
  }

  /** Of two singletons of one name only one can be resolved. */
  private Optional<Cause> singleton(Bundle bundle, BundleRevision revision) {
    if (revision.getDeclaredCapabilities(IdentityNamespace.IDENTITY_NAMESPACE).stream()
        .noneMatch(WiringInquiry::single)) {
      return Optional.empty();
    }
    return capabilities(IdentityNamespace.IDENTITY_NAMESPACE).stream()
        .filter(WiringInquiry::single)
        .map(capability -> capability.getRevision().getBundle())
        .filter(other -> !other.equals(bundle))
        .filter(other -> Objects.equals(other.getSymbolicName(), bundle.getSymbolicName()))
        .filter(other -> other.getState() != Bundle.INSTALLED)
        .findFirst()
        .map(
            other ->
                Inquiry.root(
                    "singleton " + bundle.getSymbolicName(),
                    Inquiry.name(other) + " is there already, and both say singleton:=true",
                    "remove one of the two, or the directive from Bundle-SymbolicName"));
  }

  private static boolean single(BundleCapability identity) {
    return "true".equals(identity.getDirectives().get(Constants.SINGLETON_DIRECTIVE));
  }

  static boolean mandatory(BundleRequirement requirement) {
    Map<String, String> directives = requirement.getDirectives();
    String resolution = directives.getOrDefault(Namespace.REQUIREMENT_RESOLUTION_DIRECTIVE, "");
    String effective =
        directives.getOrDefault(Namespace.REQUIREMENT_EFFECTIVE_DIRECTIVE, "resolve");
    return !"optional".equals(resolution)
        && !"dynamic".equals(resolution)
        && "resolve".equals(effective);
  }

  List<BundleCapability> candidates(BundleRequirement requirement) {
    return capabilities(requirement.getNamespace()).stream().filter(requirement::matches).toList();
  }

  private List<BundleCapability> capabilities(String namespace) {
    List<BundleCapability> all = new ArrayList<>();
    for (Bundle bundle : inquiry.bundles()) {
      BundleRevision revision = bundle.adapt(BundleRevision.class);
      if (revision != null) {
        all.addAll(revision.getDeclaredCapabilities(namespace));
      }
    }
    return all;
  }

  private static List<BundleCapability> named(
      List<BundleCapability> capabilities, String namespace, String name) {
    return capabilities.stream().filter(c -> name.equals(text(c, namespace))).toList();
  }

  private static String subject(BundleRequirement requirement) {
    FilterTree filter = filter(requirement);
    String name = filter.equal(requirement.getNamespace());
    return switch (requirement.getNamespace()) {
      case PackageNamespace.PACKAGE_NAMESPACE -> ("package " + name + " " + range(filter)).strip();
      case BundleRevision.BUNDLE_NAMESPACE, HostNamespace.HOST_NAMESPACE ->
          ("bundle " + name + " " + range(filter)).strip();
      default -> "capability " + requirement.getNamespace() + " " + filter;
    };
  }

  private static String range(FilterTree filter) {
    String version = filter.range(PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE);
    return version.isEmpty() ? filter.range("bundle-version") : version;
  }

  /** What else than the version does not fit. */
  private static String lacks(BundleRequirement requirement, BundleCapability capability) {
    List<String> failures =
        filter(requirement).failures(capability.getAttributes()).stream()
            .filter(failure -> !failure.contains("version"))
            .toList();
    return failures.isEmpty() ? "" : ", where " + String.join(" and ", failures);
  }

  private static FilterTree filter(BundleRequirement requirement) {
    String filter = requirement.getDirectives().get(Namespace.REQUIREMENT_FILTER_DIRECTIVE);
    return FilterTree.parse(filter == null ? "(" + requirement.getNamespace() + "=*)" : filter);
  }

  static String text(BundleCapability capability, String attribute) {
    return Objects.toString(capability.getAttributes().get(attribute), "");
  }

  private static String version(BundleCapability capability) {
    return "version " + text(capability, PackageNamespace.CAPABILITY_VERSION_ATTRIBUTE);
  }
}
