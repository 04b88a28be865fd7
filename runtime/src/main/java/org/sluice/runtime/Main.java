// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.Constants;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;
import org.osgi.framework.startlevel.BundleStartLevel;

/** Entry point: {@code sluice.jar --home DIR [--http HOST:PORT] [--safe-mode]}. */
public final class Main {
  private Main() {}

  public static void main(String[] args) throws Exception {
    Path home = Path.of("home").toAbsolutePath();
    String http = "127.0.0.1:9090";
    boolean safe = false;
    for (int i = 0; i < args.length; i++) {
      switch (args[i]) {
        case "--home" -> home = Path.of(args[++i]).toAbsolutePath().normalize();
        case "--http" -> http = args[++i];
        case "--safe-mode" -> safe = true;
        default -> throw new IllegalArgumentException("unknown option " + args[i]);
      }
    }
    Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path dist = jar.resolve("../..").normalize();
    for (String folder : List.of("plugins", "configs", "hooks.d", "var/run")) {
      Files.createDirectories(home.resolve(folder));
    }
    Framework framework =
        ServiceLoader.load(FrameworkFactory.class)
            .iterator()
            .next()
            .newFramework(properties(home, http, safe));
    framework.init();
    install(framework.getBundleContext(), dist.resolve("bundles"));
    framework.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  try {
                    framework.stop();
                    framework.waitForStop(10_000);
                  } catch (Exception e) {
                    System.err.println("stopping: " + e);
                  }
                },
                "runtime/stop"));
    framework.waitForStop(0);
  }

  private static Map<String, String> properties(Path home, String http, boolean safe) {
    Map<String, String> p = new HashMap<>();
    p.put("org.osgi.framework.storage", home.resolve("var/cache").toString());
    p.put("org.osgi.framework.storage.clean", "onFirstInit");
    p.put("org.osgi.framework.startlevel.beginning", "100");
    p.put("org.osgi.framework.bsnversion", "multiple");
    p.put(
        "org.osgi.framework.system.packages.extra",
        "org.slf4j;version=1.7.36,org.slf4j;version=2.0.20,org.slf4j.event;version=2.0.20,"
            + "org.slf4j.helpers;version=1.7.36,org.slf4j.helpers;version=2.0.20,"
            + "org.slf4j.spi;version=1.7.36,org.slf4j.spi;version=2.0.20");
    p.put("sluice.home", home.toString());
    p.put("sluice.safe", Boolean.toString(safe));
    p.put("felix.fileinstall.dir", home.resolve("configs") + "," + home.resolve("plugins"));
    p.put("felix.fileinstall.poll", "2000");
    p.put("felix.fileinstall.noInitialDelay", "true");
    p.put("felix.fileinstall.enableConfigSave", "false");
    p.put("felix.fileinstall.disableNio2", "true");
    p.put("felix.fileinstall.filter", ".*\\.(jar|jar\\.sig|cfg\\.json)");
    p.put("felix.fileinstall.tmpdir", home.resolve("var/tmp").toString());
    p.put("felix.fileinstall.log.level", "1");
    p.put("ds.loglevel", "2");
    // host.config keeps the configuration on disk; a second copy could only disagree.
    p.put("felix.cm.pm", "memory");
    p.put("gosh.args", "--nointeractive");
    int colon = http.lastIndexOf(':');
    p.put("org.apache.felix.http.host", http.substring(0, colon));
    p.put("org.osgi.service.http.port", http.substring(colon + 1));
    p.put("org.osgi.service.http.port.secure", "-1");
    p.put("org.apache.felix.https.enable", "false");
    return p;
  }

  /** Levels: interfaces 1, the framework's services 2, the host 4, domains 6, the watcher last. */
  private static int level(String jar) {
    if (jar.startsWith("org.osgi.") || jar.contains(".api-") || jar.contains("org.sluice.json")) {
      return 1;
    }
    if (jar.contains("fileinstall")) {
      return 10;
    }
    if (jar.startsWith("org.sluice.host")) {
      return 4;
    }
    return jar.startsWith("org.sluice.") ? 6 : 2;
  }

  private static void install(BundleContext context, Path folder) throws Exception {
    TreeMap<String, Path> jars = new TreeMap<>();
    try (var files = Files.newDirectoryStream(folder, "*.jar")) {
      for (Path jar : files) {
        jars.put(jar.getFileName().toString(), jar);
      }
    } catch (IOException e) {
      throw new IOException("reading the bundles of the product in " + folder, e);
    }
    List<Bundle> installed = new ArrayList<>();
    for (var jar : jars.entrySet()) {
      Bundle bundle = context.installBundle("reference:" + jar.getValue().toUri());
      bundle.adapt(BundleStartLevel.class).setStartLevel(level(jar.getKey()));
      if (bundle.getHeaders().get(Constants.FRAGMENT_HOST) == null) {
        installed.add(bundle);
      }
    }
    for (Bundle bundle : installed) {
      bundle.start(Bundle.START_ACTIVATION_POLICY);
    }
  }
}
