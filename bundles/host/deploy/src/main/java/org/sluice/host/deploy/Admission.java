// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.wiring.FrameworkWiring;

/**
 * Everything that can be said of a staged jar without running it: what it is, who signed it, whose
 * name it bears, and whether it can be resolved in the framework as it is.
 */
final class Admission {

  /** After the domains, before the watcher: plugins start last and stop first. */
  static final int START_LEVEL = 8;

  private final BundleContext context;
  private final FrameworkWiring wiring;
  private final SwapHook hook;
  private final Diagnosis diagnosis;
  private final Set<Bundle> stuck;
  private final String prefix;

  /**
   * @param prefix what the location of every plugin begins with
   */
  Admission(
      BundleContext context,
      FrameworkWiring wiring,
      SwapHook hook,
      Diagnosis diagnosis,
      Set<Bundle> stuck,
      String prefix) {
    this.context = context;
    this.wiring = wiring;
    this.hook = hook;
    this.diagnosis = diagnosis;
    this.stuck = stuck;
    this.prefix = prefix;
  }

  /** What a jar is, after its bytes and its signature were checked. */
  Jar inspect(String file, Staged staged, Settings settings) throws RefusedException, IOException {
    if (settings.requireSigned()) {
      new SignatureCheck(settings.trustedKeys()).verify(staged, file);
    }
    return new JarInspection(file).inspect(staged.path());
  }

  /** The bundle of the product that bears this name; null when none does. */
  @Nullable Bundle product(String name) {
    for (Bundle bundle : context.getBundles()) {
      if (name.equals(bundle.getSymbolicName()) && !ours(bundle)) {
        return bundle;
      }
    }
    return null;
  }

  /** The bundle that this code is in. */
  Bundle self() {
    return context.getBundle();
  }

  /** Whether a bundle was installed from the staging folder. */
  boolean ours(Bundle bundle) {
    return bundle.getLocation().startsWith(prefix);
  }

  /**
   * Installs a jar and resolves it, and nothing else; leaves nothing behind when that fails.
   *
   * @param old what it is to take the place of
   */
  Revision install(String file, Staged staged, Jar jar, Slot.@Nullable Old old)
      throws RefusedException {
    Bundle bundle;
    try {
      bundle = context.installBundle(staged.location());
    } catch (BundleException | IllegalStateException e) {
      throw new RefusedException(
          Refusal.Kind.NOT_A_BUNDLE,
          file + " is not taken by the framework: " + Failure.summary(e),
          "mend its manifest");
    }
    if (stuck.contains(bundle)) {
      throw new RefusedException(
          Refusal.Kind.BLOCKED,
          file + ": an earlier start of the same content still hangs",
          "drop another content, or restart the process");
    }
    bundle.adapt(BundleStartLevel.class).setStartLevel(START_LEVEL);
    if (old != null) {
      hook.pair(bundle, old.bundle());
    }
    Refusal refusal = resolve(file, bundle);
    if (refusal != null) {
      remove(bundle);
      throw new RefusedException(refusal);
    }
    return new Revision(file, staged, jar, bundle);
  }

  /** Why a bundle cannot be resolved. */
  Refusal unresolved(String file, Bundle bundle) {
    return diagnosis.unresolved(file, bundle);
  }

  private @Nullable Refusal resolve(String file, Bundle bundle) {
    try {
      return wiring.resolveBundles(List.of(bundle)) ? null : diagnosis.unresolved(file, bundle);
    } catch (IllegalStateException e) {
      return new Refusal(
          Refusal.Kind.ENVIRONMENT, file + " could not be resolved now: " + e.getMessage(), "");
    }
  }

  private void remove(Bundle bundle) {
    hook.forget(bundle);
    try {
      bundle.uninstall();
    } catch (BundleException e) {
      throw new IllegalStateException("uninstalling " + bundle + ", which never started", e);
    }
  }
}
