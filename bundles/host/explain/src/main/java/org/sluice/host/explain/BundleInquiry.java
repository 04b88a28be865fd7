// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.osgi.framework.Bundle;
import org.osgi.framework.Constants;
import org.osgi.framework.startlevel.BundleStartLevel;
import org.osgi.framework.startlevel.FrameworkStartLevel;
import org.osgi.framework.wiring.BundleRevision;
import org.sluice.host.api.Cause;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.Plugins;

/** Why a bundle is not active, or what in an active one is not up. */
final class BundleInquiry {
  private final Inquiry inquiry;

  BundleInquiry(Inquiry inquiry) {
    this.inquiry = inquiry;
  }

  Cause of(Bundle bundle) {
    String subject = "bundle " + Inquiry.name(bundle);
    return inquiry.once(subject, () -> look(subject, bundle));
  }

  private Cause look(String subject, Bundle bundle) {
    return switch (bundle.getState()) {
      case Bundle.ACTIVE -> active(subject, bundle);
      case Bundle.STARTING -> starting(subject, bundle);
      case Bundle.STOPPING ->
          Inquiry.root(
              subject,
              "is stopping" + busy(bundle),
              "its activator or a component must return from deactivation: host:threads");
      case Bundle.INSTALLED -> installed(subject, bundle);
      case Bundle.RESOLVED ->
          fragment(bundle) ? Inquiry.well(subject, "attached to its host") : idle(subject, bundle);
      default ->
          Inquiry.root(subject, "is uninstalled", "drop its jar into plugins/ to have it back");
    };
  }

  private Cause active(String subject, Bundle bundle) {
    List<Cause> parts = inquiry.components(bundle).stream().map(inquiry.ofComponent()::of).toList();
    return Inquiry.node(subject, "active", parts);
  }

  private Cause starting(String subject, Bundle bundle) {
    BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
    String policy = bundle.getHeaders("").get(Constants.BUNDLE_ACTIVATIONPOLICY);
    if (level.isActivationPolicyUsed() && policy != null && policy.startsWith("lazy")) {
      return Inquiry.well(
          subject, "starts when the first class of it is used (Bundle-ActivationPolicy: lazy)");
    }
    return Inquiry.root(
        subject,
        "is still starting: its activator has not returned" + busy(bundle),
        "let the activator return at once and do long work on a thread of its own");
  }

  private Cause installed(String subject, Bundle bundle) {
    List<Cause> missing = inquiry.ofWiring().missing(bundle);
    if (!missing.isEmpty()) {
      return Inquiry.trouble(subject, "cannot be resolved", missing);
    }
    return idle(subject, bundle);
  }

  /** Nothing is missing, and still it does not run. */
  private Cause idle(String subject, Bundle bundle) {
    Optional<Failure> failure = inquiry.startFailures().of(bundle);
    if (failure.isPresent()) {
      return Inquiry.trouble(
          subject, "failed to start", List.of(failure.get().cause("start of " + name(bundle))));
    }
    Optional<Plugin> plugin = plugin(bundle);
    if (plugin.isPresent() && plugin.get().state() == Plugin.State.QUARANTINED) {
      return Inquiry.trouble(subject, "is not started", List.of(quarantine(plugin.get())));
    }
    BundleStartLevel level = bundle.adapt(BundleStartLevel.class);
    Bundle system = inquiry.context().getBundle(Constants.SYSTEM_BUNDLE_LOCATION);
    int reached = system.adapt(FrameworkStartLevel.class).getStartLevel();
    if (level.getStartLevel() > reached) {
      return Inquiry.root(
          subject,
          "waits for start level "
              + level.getStartLevel()
              + "; the framework has reached "
              + reached,
          "wait until the start is complete; a bundle below that level may be slow: host:bundles");
    }
    if (level.isPersistentlyStarted()) {
      return Inquiry.root(
          subject,
          "was to be started and is not: its activator threw, or it was stopped for a moment",
          "look for its name in the log, then save its jar in plugins/ again");
    }
    return Inquiry.root(
        subject,
        "is installed; nothing is missing, and nobody has started it",
        "drop its jar into plugins/, which installs and starts it");
  }

  /** A reason ends with what to do, after a dash. */
  Cause quarantine(Plugin plugin) {
    String reason = plugin.reason();
    int dash = reason.lastIndexOf(" — ");
    return Inquiry.root(
        "plugin " + plugin.file(),
        "is in quarantine: " + (dash < 0 ? reason : reason.substring(0, dash)),
        (dash < 0 ? "mend it and drop it again" : reason.substring(dash + 3))
            + "; another chance as it is: host:release "
            + plugin.file());
  }

  Optional<Plugin> plugin(Bundle bundle) {
    return plugins().stream()
        .filter(plugin -> plugin.bundle().equals(bundle.getSymbolicName()))
        .filter(plugin -> plugin.version().equals(bundle.getVersion().toString()))
        .findFirst();
  }

  List<Plugin> plugins() {
    return inquiry.ask(Plugins.class, List.of(), Plugins::plugins);
  }

  static boolean fragment(Bundle bundle) {
    BundleRevision revision = bundle.adapt(BundleRevision.class);
    return revision != null && (revision.getTypes() & BundleRevision.TYPE_FRAGMENT) != 0;
  }

  /** Whether a class is the bundle's own: by its package, without loading it. */
  static Predicate<String> own(Bundle bundle) {
    return name ->
        bundle.getState() != Bundle.UNINSTALLED
            && bundle.getEntry(name.replace('.', '/') + ".class") != null;
  }

  /** Where in the bundle's code a thread is right now, to show what it hangs on. */
  private static String busy(Bundle bundle) {
    Predicate<String> own = own(bundle);
    List<String> places = new ArrayList<>();
    for (Map.Entry<Thread, StackTraceElement[]> thread : Thread.getAllStackTraces().entrySet()) {
      Stream<StackTraceElement> frames = Arrays.stream(thread.getValue());
      frames
          .filter(frame -> own.test(frame.getClassName()))
          .findFirst()
          .ifPresent(frame -> places.add(thread.getKey().getName() + " is in " + frame));
    }
    return places.isEmpty() ? "" : "; thread " + String.join(", ", places);
  }

  private static String name(Bundle bundle) {
    return bundle.getSymbolicName() + " " + bundle.getVersion();
  }
}
