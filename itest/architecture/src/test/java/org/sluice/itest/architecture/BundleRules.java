// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.architecture;

import java.lang.classfile.Attributes;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;

/** What every bundle has to keep to: who may know whom. */
final class BundleRules {

  /** A rule, and what it finds wrong in a bundle. */
  record Rule(String name, Function<BuiltBundle, List<String>> violations) {}

  /** Serve all domains and know none. */
  private static final List<String> LIBRARIES =
      List.of("org.sluice.json", "org.sluice.sys", "org.sluice.dbus");

  /** Serve the bundles and plugins of one domain, and know nothing of others. */
  private static final List<String> DOMAIN_LIBRARIES =
      List.of("org.sluice.packet.rings", "org.sluice.packet.proto", "org.sluice.packet.datagram");

  private static final Pattern VERSION = Pattern.compile("(^|;)version=\"?\\d+\\.\\d+");

  private BundleRules() {}

  static List<Rule> all() {
    return List.of(
        new Rule("folder and symbolic name are the same words", BundleRules::name),
        new Rule("only interfaces and libraries are exported", BundleRules::exports),
        new Rule("only interfaces and libraries are imported", BundleRules::imports),
        new Rule("a backend knows only its own domain", BundleRules::backend),
        new Rule("interfaces are ready for the baseline", BundleRules::baseline));
  }

  private static List<String> name(BuiltBundle bundle) {
    return bundle.headers().symbolicName().equals(bundle.name())
        ? List.of()
        : List.of("is called " + bundle.headers().symbolicName());
  }

  private static List<String> exports(BuiltBundle bundle) {
    List<String> found = new ArrayList<>();
    for (String exported : bundle.headers().exports().keySet()) {
      if (!shared(bundle.name())) {
        found.add("exports " + exported + ": what can be swapped exports nothing");
      } else if (!exported.equals(bundle.name()) && !exported.startsWith(bundle.name() + ".")) {
        found.add("exports the foreign package " + exported);
      }
    }
    return found;
  }

  private static List<String> imports(BuiltBundle bundle) {
    List<String> found = new ArrayList<>();
    for (String imported : bundle.headers().imports()) {
      if (!imported.startsWith("org.sluice.") || within(imported, bundle.name())) {
        continue;
      }
      if (!shared(imported)) {
        found.add("imports " + imported + " of a bundle that can be swapped");
      } else if (LIBRARIES.contains(bundle.name())) {
        found.add("imports " + imported + ": it knows no domain");
      } else if (bundle.api() && !api(imported)) {
        found.add("imports " + imported + ": interfaces know only interfaces");
      } else if (foreignLibrary(imported, bundle)) {
        found.add("imports " + imported + ", a library of another domain");
      } else if (DOMAIN_LIBRARIES.contains(bundle.name()) && !known(imported, bundle)) {
        found.add("imports " + imported + ": it knows only its own domain");
      }
    }
    return found;
  }

  private static boolean foreignLibrary(String imported, BuiltBundle bundle) {
    return DOMAIN_LIBRARIES.stream().anyMatch(library -> within(imported, library))
        && !imported.startsWith("org.sluice." + bundle.domain() + ".");
  }

  /** What a bundle that serves one domain may know. */
  private static boolean known(String imported, BuiltBundle bundle) {
    return within(imported, "org.sluice." + bundle.domain() + ".api")
        || LIBRARIES.stream().anyMatch(library -> within(imported, library));
  }

  private static boolean shared(String name) {
    return api(name)
        || LIBRARIES.stream().anyMatch(library -> within(name, library))
        || DOMAIN_LIBRARIES.stream().anyMatch(library -> within(name, library));
  }

  private static boolean api(String name) {
    return name.endsWith(".api") || name.contains(".api.");
  }

  /** Whether a package is that of a bundle, or below it. */
  private static boolean within(String name, String bundle) {
    return name.equals(bundle) || name.startsWith(bundle + ".");
  }

  /**
   * A backend is a bundle that registers a source, driver or backend of its domain. It may know the
   * interfaces and libraries of its domain, the interfaces of host and ops, and sys, json and dbus.
   */
  private static List<String> backend(BuiltBundle bundle) {
    Pattern service =
        Pattern.compile(
            "org\\.sluice\\." + bundle.domain() + "\\.api\\.\\w*(Source|Driver|Backend)\\b");
    if (!service.matcher(bundle.headers().capabilities()).find()) {
      return List.of();
    }
    List<String> allowed = new ArrayList<>(LIBRARIES);
    DOMAIN_LIBRARIES.stream()
        .filter(library -> library.startsWith("org.sluice." + bundle.domain() + "."))
        .forEach(allowed::add);
    allowed.add("org.sluice." + bundle.domain() + ".api");
    allowed.add("org.sluice.host.api");
    allowed.add("org.sluice.ops.api");
    allowed.add(bundle.name());
    return bundle.headers().imports().stream()
        .filter(imported -> imported.startsWith("org.sluice."))
        .filter(imported -> allowed.stream().noneMatch(name -> within(imported, name)))
        .map(imported -> "is a backend and imports " + imported)
        .toList();
  }

  /** Every exported package has a version of its own, said in its package-info. */
  private static List<String> baseline(BuiltBundle bundle) {
    List<String> found = new ArrayList<>();
    if (shared(bundle.name()) && bundle.headers().exports().isEmpty()) {
      found.add("exports nothing, though others are meant to use it");
    }
    bundle
        .headers()
        .exports()
        .forEach(
            (name, parameters) -> {
              if (!VERSION.matcher(parameters).find()) {
                found.add("exports " + name + " without a version");
              }
              if (bundle.classes().stream()
                  .filter(type -> type.name().equals(name + ".package-info"))
                  .noneMatch(BundleRules::versioned)) {
                found.add("package-info of " + name + " has no @Version");
              }
            });
    return found;
  }

  private static boolean versioned(BuiltClass packageInfo) {
    return packageInfo.model().findAttribute(Attributes.runtimeInvisibleAnnotations()).stream()
        .flatMap(annotations -> annotations.annotations().stream())
        .anyMatch(
            annotation ->
                annotation
                    .className()
                    .stringValue()
                    .equals("Lorg/osgi/annotation/versioning/Version;"));
  }
}
