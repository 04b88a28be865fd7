// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import org.sluice.link.api.Link;
import org.sluice.link.api.LinkFlag;

/** A link, and the policy that it falls under. */
record Claim(Link link, PolicySpec spec) {

  /** What was claimed, and where policies are at odds over it. */
  record Outcome(List<Claim> claims, List<Conflict> conflicts) {}

  /**
   * A link falls under one policy: one that names it exactly rather than one with a pattern, and
   * among equals the first by name.
   */
  static Outcome of(Collection<Link> links, Collection<PolicySpec> specs) {
    List<PolicySpec> ordered =
        specs.stream().sorted(Comparator.comparing(PolicySpec::name)).toList();
    List<Claim> claims = new ArrayList<>();
    List<Conflict> conflicts = new ArrayList<>();
    for (Link link : links) {
      if (!link.flags().contains(LinkFlag.LOOPBACK)) {
        claim(link, ordered, claims, conflicts);
      }
    }
    return new Outcome(withoutSharedTables(claims, conflicts), List.copyOf(conflicts));
  }

  private static void claim(
      Link link, List<PolicySpec> specs, List<Claim> claims, List<Conflict> conflicts) {
    List<PolicySpec> exact = fitting(link, specs, true);
    List<PolicySpec> fitting = exact.isEmpty() ? fitting(link, specs, false) : exact;
    if (fitting.isEmpty()) {
      return;
    }
    PolicySpec first = fitting.getFirst();
    claims.add(new Claim(link, first));
    for (PolicySpec other : fitting.subList(1, fitting.size())) {
      conflicts.add(
          new Conflict(
              link.name(),
              "policies %s and %s both claim link %s; it has that of %s"
                  .formatted(first.name(), other.name(), link.name(), first.name()),
              "take it out of links in " + other.file()));
    }
  }

  private static List<PolicySpec> fitting(Link link, List<PolicySpec> specs, boolean exact) {
    return specs.stream()
        .filter(spec -> spec.selector(link).filter(s -> s.exact() == exact).isPresent())
        .toList();
  }

  /** Two links with a default route each have no room in one table. */
  private static List<Claim> withoutSharedTables(List<Claim> claims, List<Conflict> conflicts) {
    List<Claim> kept = new ArrayList<>();
    for (Claim claim : claims) {
      long table = claim.spec().table();
      Claim holder =
          table == 0
              ? null
              : kept.stream().filter(k -> k.spec().table() == table).findFirst().orElse(null);
      if (holder == null) {
        kept.add(claim);
      } else {
        conflicts.add(
            new Conflict(
                claim.link().name(),
                "link %s has no table: table %d is that of link %s"
                    .formatted(claim.link().name(), table, holder.link().name()),
                "give it another table, or 0 for an automatic one, in " + claim.spec().file()));
      }
    }
    return List.copyOf(kept);
  }
}
