// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.wiring.FrameworkWiring;
import org.sluice.host.api.Cause;
import org.sluice.host.api.Explainer;

/** Finds out why a bundle cannot be resolved; asks the explainer where its own means end. */
final class Diagnosis {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Unresolved unresolved;
  private volatile @Nullable Explainer explainer;

  Diagnosis(BundleContext context, FrameworkWiring wiring) {
    unresolved = new Unresolved(context, wiring);
  }

  void explainer(@Nullable Explainer present) {
    explainer = present;
  }

  @Nullable Explainer explainer() {
    return explainer;
  }

  Refusal unresolved(String file, Bundle bundle) {
    List<String> texts = problems(bundle);
    return new Refusal(
        Refusal.Kind.UNRESOLVED,
        file + " cannot be resolved: it " + String.join("; it ", texts),
        "drop what provides it, or mend the imports; it is tried again when plugins change");
  }

  List<String> problems(Bundle bundle) {
    List<String> texts = unresolved.missing(bundle);
    if (!texts.isEmpty()) {
      return texts;
    }
    List<String> roots = explained(bundle);
    if (!roots.isEmpty()) {
      return roots;
    }
    List<String> providers = unresolved.unresolvedProviders(bundle);
    return List.of(
        providers.isEmpty()
            ? "has requirements that exclude one another (see host:explain)"
            : "needs " + String.join(", ", providers) + ", which cannot be resolved either");
  }

  private List<String> explained(Bundle bundle) {
    Explainer present = explainer;
    List<String> roots = new ArrayList<>();
    if (present != null) {
      try {
        collect(present.explain(bundle), roots);
      } catch (RuntimeException e) {
        LOG.log(System.Logger.Level.WARNING, "explaining " + bundle + ": " + Failure.summary(e));
      }
    }
    return roots;
  }

  private static void collect(Cause cause, List<String> roots) {
    if (cause.well()) {
      return;
    }
    List<Cause> bad = cause.because().stream().filter(c -> !c.well()).toList();
    if (bad.isEmpty()) {
      roots.add("needs " + cause.subject() + ": " + cause.text());
    }
    bad.forEach(c -> collect(c, roots));
  }
}
