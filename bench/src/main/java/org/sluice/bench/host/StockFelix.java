// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.host;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.osgi.framework.Bundle;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/** Felix with FileInstall in its stock settings, watching one folder: the peer. */
final class StockFelix {
  private static final List<String> BUNDLES =
      List.of(
          "org.osgi.util.function",
          "org.osgi.util.promise",
          "org.osgi.service.component",
          "org.osgi.service.log",
          "org.apache.felix.log",
          "org.apache.felix.configadmin",
          "org.apache.felix.metatype",
          "org.apache.felix.scr",
          "org.apache.felix.fileinstall");

  private StockFelix() {}

  /** Arguments: folder of bundles, folder to watch, folder for the framework. */
  public static void main(String[] args) throws Exception {
    Map<String, String> properties = new HashMap<>();
    properties.put("org.osgi.framework.storage", args[2]);
    properties.put("org.osgi.framework.storage.clean", "onFirstInit");
    properties.put("felix.fileinstall.dir", args[1]);
    Framework framework =
        ServiceLoader.load(FrameworkFactory.class).iterator().next().newFramework(properties);
    framework.init();
    try (var jars = java.nio.file.Files.newDirectoryStream(Path.of(args[0]), "*.jar")) {
      for (Path jar : jars) {
        String name = jar.getFileName().toString();
        if (BUNDLES.stream().anyMatch(b -> name.startsWith(b + "-"))) {
          Bundle bundle = framework.getBundleContext().installBundle(jar.toUri().toString());
          bundle.start();
        }
      }
    }
    framework.start();
    System.out.println("up");
    framework.waitForStop(0);
  }
}
