// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.osgi.framework.Bundle;
import org.osgi.framework.namespace.PackageNamespace;
import org.osgi.framework.wiring.BundleCapability;
import org.osgi.framework.wiring.BundleRequirement;
import org.osgi.framework.wiring.BundleRevision;
import org.osgi.framework.wiring.BundleWire;
import org.osgi.framework.wiring.BundleWiring;
import org.osgi.resource.Namespace;
import org.sluice.host.api.Cause;

/**
 * Finds the packages of which a bundle would see two. Every import has an exporter, but what one
 * exporter shows in its methods comes from elsewhere than the bundle itself would take it.
 */
final class UsesConflicts {
  private static final Pattern COMMA = Pattern.compile("\\s*,\\s*");
  private final WiringInquiry wiring;

  UsesConflicts(WiringInquiry wiring) {
    this.wiring = wiring;
  }

  List<Cause> of(BundleRevision revision) {
    Map<String, List<BundleCapability>> imports = new HashMap<>();
    for (BundleRequirement requirement :
        revision.getDeclaredRequirements(PackageNamespace.PACKAGE_NAMESPACE)) {
      List<BundleCapability> candidates = wiring.candidates(requirement);
      if (!candidates.isEmpty() && WiringInquiry.mandatory(requirement)) {
        imports.put(name(candidates.getFirst()), candidates);
      }
    }
    List<Cause> conflicts = new ArrayList<>();
    imports.forEach(
        (name, candidates) -> {
          List<Cause> found = new ArrayList<>();
          for (BundleCapability candidate : candidates) {
            conflict(revision.getBundle(), candidate, imports).ifPresent(found::add);
          }
          // One exporter without a conflict is enough for the resolver.
          if (found.size() == candidates.size()) {
            conflicts.addAll(found);
          }
        });
    return conflicts;
  }

  private static Optional<Cause> conflict(
      Bundle bundle, BundleCapability candidate, Map<String, List<BundleCapability>> imports) {
    String uses = candidate.getDirectives().get(Namespace.CAPABILITY_USES_DIRECTIVE);
    if (uses == null) {
      return Optional.empty();
    }
    for (String used : COMMA.splitAsStream(uses).toList()) {
      List<BundleCapability> mine = imports.get(used);
      Optional<BundleCapability> theirs = source(candidate.getRevision(), used);
      if (mine == null || theirs.isEmpty()) {
        continue;
      }
      if (mine.stream().noneMatch(c -> c.getRevision().equals(theirs.get().getRevision()))) {
        Bundle exporter = candidate.getRevision().getBundle();
        return Optional.of(
            Inquiry.root(
                "package " + name(candidate),
                "is exported by "
                    + Inquiry.name(exporter)
                    + ", which uses "
                    + used
                    + " of "
                    + Inquiry.name(theirs.get().getRevision().getBundle())
                    + ", while "
                    + bundle.getSymbolicName()
                    + " can only have it from "
                    + Inquiry.name(mine.getFirst().getRevision().getBundle()),
                "let both import the same version of "
                    + used
                    + ": widen the import of "
                    + bundle.getSymbolicName()
                    + " or update "
                    + exporter.getSymbolicName()));
      }
    }
    return Optional.empty();
  }

  /** Where a revision has a package from. */
  private static Optional<BundleCapability> source(BundleRevision revision, String name) {
    BundleWiring wires = revision.getWiring();
    if (wires == null) {
      return Optional.empty();
    }
    for (BundleWire wire : wires.getRequiredWires(PackageNamespace.PACKAGE_NAMESPACE)) {
      if (name.equals(name(wire.getCapability()))) {
        return Optional.of(wire.getCapability());
      }
    }
    return wires.getCapabilities(PackageNamespace.PACKAGE_NAMESPACE).stream()
        .filter(own -> name.equals(name(own)))
        .findFirst();
  }

  private static String name(BundleCapability capability) {
    return WiringInquiry.text(capability, PackageNamespace.PACKAGE_NAMESPACE);
  }
}
