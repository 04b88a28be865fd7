// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Path;

/** A plugin whose commands stop and start bundles of the product by name. */
public final class BundleSwitch {
  private static final String SOURCE =
      """
      package bundleswitch;

      import org.osgi.framework.Bundle;
      import org.osgi.framework.BundleContext;
      import org.osgi.service.component.annotations.Activate;
      import org.osgi.service.component.annotations.Component;

      @Component(
          service = Switch.class,
          property = {
            "osgi.command.scope=switch",
            "osgi.command.function=off",
            "osgi.command.function=on",
            "osgi.command.function=cycle",
            "osgi.command.function=update"
          })
      public final class Switch {
        private final BundleContext context;

        @Activate
        public Switch(BundleContext context) {
          this.context = context;
        }

        private Bundle find(String name) {
          for (Bundle bundle : context.getBundles()) {
            if (name.equals(bundle.getSymbolicName())) {
              return bundle;
            }
          }
          throw new IllegalArgumentException("no bundle " + name);
        }

        public String off(String name) throws Exception {
          find(name).stop();
          return "off";
        }

        public String on(String name) throws Exception {
          find(name).start();
          return "on";
        }

        public String update(String name, String file) throws Exception {
          try (var jar = java.nio.file.Files.newInputStream(java.nio.file.Path.of(file))) {
            find(name).update(jar);
          }
          return "updated";
        }

        public String cycle(String name, int times) throws Exception {
          for (int i = 0; i < times; i++) {
            off(name);
            on(name);
          }
          return "done";
        }
      }
      """;

  private final SluiceProcess sluice;

  private BundleSwitch(SluiceProcess sluice) {
    this.sluice = sluice;
  }

  public static BundleSwitch in(SluiceProcess sluice) throws Exception {
    sluice.drop("switch.jar", PluginJar.named("bundleswitch", "1.0.0").source(SOURCE).make());
    sluice.awaitTrue(
        "the plugin that stops bundles",
        () -> sluice.command("help").out().contains("switch:cycle"));
    return new BundleSwitch(sluice);
  }

  public void off(String name) {
    run("switch:off", name);
  }

  public void on(String name) {
    run("switch:on", name);
  }

  public void cycle(String name, int times) {
    run("switch:cycle", name, Integer.toString(times));
  }

  /** Replaces a bundle by what is in a file, in its place. */
  public void update(String name, Path file) {
    run("switch:update", name, file.toString());
  }

  private void run(String... command) {
    SluiceProcess.Answer answer = sluice.command(command);
    assertEquals(0, answer.exit(), answer::toString);
  }
}
