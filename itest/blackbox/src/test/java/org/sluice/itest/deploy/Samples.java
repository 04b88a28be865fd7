// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import org.sluice.itest.PluginJar;

/** Plugins as strangers would write them, good and bad. */
final class Samples {
  private Samples() {}

  /** A service of the JDK's type {@code Supplier<String>} that answers with its version. */
  static PluginJar greeter(String version) throws Exception {
    return greeter("sample.greeter", version);
  }

  static PluginJar greeter(String name, String version) throws Exception {
    return PluginJar.named(name, version)
        .source(
            """
            package sample.greeter;

            import java.util.function.Supplier;
            import org.osgi.service.component.annotations.Component;

            @Component(property = "greeter=yes")
            public final class Greeter implements Supplier<String> {
              @Override
              public String get() {
                return "%s";
              }
            }
            """
                .formatted(version))
        .make();
  }

  /** Nothing but an activator whose {@code start} has this body. */
  static PluginJar activator(String name, String version, String start) throws Exception {
    return activator(name, version, start, "");
  }

  static PluginJar activator(String name, String version, String start, String stop)
      throws Exception {
    return PluginJar.named(name, version)
        .source(
            """
            package sample.activator;

            import java.util.Hashtable;
            import java.util.Map;
            import java.util.function.Supplier;
            import org.osgi.framework.BundleActivator;
            import org.osgi.framework.BundleContext;

            public class Activator implements BundleActivator {
              @Override
              public void start(BundleContext context) throws Exception {
                %s
              }

              @Override
              public void stop(BundleContext context) throws Exception {
                %s
              }
            }
            """
                .formatted(start, stop))
        .header("Bundle-Activator", "sample.activator.Activator")
        .make();
  }
}
