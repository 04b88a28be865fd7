// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.sluice.host.api.Cause;
import org.sluice.host.api.Explainer;
import org.sluice.host.api.Plugin;
import org.sluice.host.api.Spelling;

/** Finds out what a name means, and has it explained. */
@Component(immediate = true)
public final class Explanations implements Explainer {
  private final BundleContext context;
  private final ServiceComponentRuntime runtime;
  private final StartFailures startFailures = new StartFailures();

  @Activate
  public Explanations(BundleContext context, @Reference ServiceComponentRuntime runtime) {
    this.context = context;
    this.runtime = runtime;
    context.addFrameworkListener(startFailures);
    context.addBundleListener(startFailures);
  }

  @Deactivate
  void stop() {
    context.removeBundleListener(startFailures);
    context.removeFrameworkListener(startFailures);
  }

  @Override
  public Cause explain(Bundle bundle) {
    return new Inquiry(context, runtime, startFailures).ofBundle().of(bundle);
  }

  @Override
  public Cause explain(String what) {
    Inquiry inquiry = new Inquiry(context, runtime, startFailures);
    List<Cause> meanings = meanings(inquiry, what);
    if (meanings.isEmpty()) {
      throw new NoSuchElementException(nothing(inquiry, what));
    }
    if (meanings.size() == 1) {
      return meanings.getFirst();
    }
    return Inquiry.node(what, "is the name of " + meanings.size() + " things", meanings);
  }

  private static List<Cause> meanings(Inquiry inquiry, String what) {
    List<Cause> meanings = new ArrayList<>();
    inquiry.ofBundle().plugins().stream()
        .filter(plugin -> plugin.file().equals(what))
        .map(plugin -> plugin(inquiry, plugin))
        .forEach(meanings::add);
    List<Bundle> bundles = inquiry.bundles().stream().filter(b -> called(b, what)).toList();
    bundles.stream().map(inquiry.ofBundle()::of).forEach(meanings::add);
    // The components of a bundle are part of its explanation already.
    inquiry.components().stream()
        .filter(c -> c.name.equals(what) || c.implementationClass.equals(what))
        .map(inquiry.ofComponent()::of)
        .forEach(meanings::add);
    if (meanings.isEmpty()) {
      inquiry.ofBundle().plugins().stream()
          .filter(plugin -> plugin.bundle().equals(what))
          .map(plugin -> plugin(inquiry, plugin))
          .forEach(meanings::add);
    }
    // A PID that is also the bundle's name is told with the bundle, unless something is wrong.
    if (inquiry.ofConfiguration().names().contains(what)) {
      Cause configuration = inquiry.ofConfiguration().of(what);
      if (meanings.isEmpty() || !configuration.well()) {
        meanings.add(configuration);
      }
    }
    // Components like to offer themselves under their own class name.
    if (meanings.isEmpty() && inquiry.ofService().known(what)) {
      meanings.add(inquiry.ofService().of(what));
    }
    return meanings;
  }

  private static boolean called(Bundle bundle, String what) {
    return what.equals(bundle.getSymbolicName())
        || what.equals(Long.toString(bundle.getBundleId()))
        || what.equals(bundle.getLocation());
  }

  private static Cause plugin(Inquiry inquiry, Plugin plugin) {
    List<Cause> parts = new ArrayList<>();
    if (plugin.state() == Plugin.State.HELD) {
      return Inquiry.root("file plugins/" + plugin.file(), "is not looked at", plugin.reason());
    }
    if (plugin.state() == Plugin.State.QUARANTINED) {
      parts.add(inquiry.ofBundle().quarantine(plugin));
    }
    inquiry.bundles().stream()
        .filter(b -> plugin.bundle().equals(b.getSymbolicName()))
        .filter(b -> plugin.version().equals(b.getVersion().toString()))
        .map(inquiry.ofBundle()::of)
        .forEach(parts::add);
    String text =
        switch (plugin.state()) {
          case ARRIVING -> "is still being written";
          case STARTING -> "is being started and probed";
          case ACTIVE, HELD -> "serves";
          case QUARANTINED ->
              plugin.serving().isEmpty()
                  ? "was refused"
                  : "was refused; " + plugin.bundle() + " " + plugin.version() + " still serves";
        };
    return Inquiry.node("file plugins/" + plugin.file(), text, parts);
  }

  private static String nothing(Inquiry inquiry, String what) {
    Map<String, String> known = new TreeMap<>();
    inquiry.ofService().names().forEach(name -> known.put(name, "service"));
    inquiry.ofConfiguration().names().forEach(name -> known.put(name, "configuration"));
    for (ComponentDescriptionDTO component : inquiry.components()) {
      known.put(component.implementationClass, "component");
      known.put(component.name, "component");
    }
    inquiry.ofBundle().plugins().forEach(plugin -> known.put(plugin.file(), "plugin"));
    for (Bundle bundle : inquiry.bundles()) {
      if (bundle.getSymbolicName() != null) {
        known.put(bundle.getSymbolicName(), "bundle");
      }
    }
    Set<String> names = known.keySet();
    String near =
        Spelling.near(what, names, 5).stream()
            .map(name -> name + " (" + known.get(name) + ")")
            .collect(Collectors.joining(", "));
    return "no bundle, component, configuration, service or plugin file here is called "
        + what
        + (near.isEmpty()
            ? "; host:bundles and host:components list them"
            : "; nearest are " + near);
  }
}
