// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** How the framework and Felix's bundles are set up; each line says why. */
final class FrameworkProperties {
  private FrameworkProperties() {}

  static Map<String, String> of(Arguments arguments) {
    Path home = arguments.home();
    Map<String, String> p = new HashMap<>();
    p.put("sluice.home", home.toString());
    p.put("sluice.safe", Boolean.toString(arguments.safeMode()));
    Privileges privileges = arguments.privileges();
    if (privileges != null) {
      p.put("sluice.privileges", privileges.toString());
      p.put("sluice.privileges.bits", Long.toHexString(privileges.bits()));
    }

    // The cache holds nothing that cannot be made again: every start begins from the folders.
    p.put("org.osgi.framework.storage", home.resolve("var/cache").toString());
    p.put("org.osgi.framework.storage.clean", "onFirstInit");
    p.put("org.osgi.framework.startlevel.beginning", Integer.toString(BundleList.HIGHEST_LEVEL));
    // Two revisions of a plugin stand side by side while they are swapped.
    p.put("org.osgi.framework.bsnversion", "multiple");
    // Handing small pieces of work to other threads takes longer than the work.
    p.put("felix.resolver.parallelism", "1");
    p.put("org.osgi.framework.system.packages.extra", slf4j());
    // host.config keeps the configuration on disk; a second copy could only disagree.
    p.put("felix.cm.pm", "memory");
    fileInstall(p, home);
    http(p, arguments);
    // SCR tells errors and warnings, through the log service.
    p.put("ds.loglevel", "2");
    return p;
  }

  /** In both major versions, since bundles ask for either. */
  private static String slf4j() {
    return List.of("org.slf4j", "org.slf4j.event", "org.slf4j.helpers", "org.slf4j.spi").stream()
        .map(name -> name + ";version=1.7.36," + name + ";version=2.0.20")
        .collect(Collectors.joining(","));
  }

  /** FileInstall is the watcher and nothing else: what it finds is judged by the host's bundles. */
  private static void fileInstall(Map<String, String> p, Path home) {
    p.put("felix.fileinstall.dir", home.resolve("configs") + "," + home.resolve("plugins"));
    p.put("felix.fileinstall.filter", ".*\\.(jar|jar\\.sig|cfg\\.json)");
    p.put("felix.fileinstall.tmpdir", home.resolve("var/tmp").toString());
    // host.watch wakes it; the poll is for file systems on which the kernel tells nothing.
    p.put("felix.fileinstall.poll", "2000");
    p.put("felix.fileinstall.noInitialDelay", "true");
    // Its scan by file events misses what lies behind a swapped symbolic link.
    p.put("felix.fileinstall.disableNio2", "true");
    // A folder named x.jar would otherwise be packed into a jar on every scan.
    p.put("felix.fileinstall.subdir.mode", "skip");
    // It would write to the user's files.
    p.put("felix.fileinstall.enableConfigSave", "false");
    p.put("felix.fileinstall.log.level", "1");
  }

  private static void http(Map<String, String> p, Arguments arguments) {
    p.put("org.apache.felix.http.host", arguments.host());
    p.put("org.osgi.service.http.port", Integer.toString(arguments.port()));
    p.put("org.apache.felix.https.enable", "false");
    // Then ops.rest closes the port and takes connections from the socket.
    p.put("sluice.http.inherited", Boolean.toString(arguments.inherited()));
    // The same on a host of 64 cores as on one of two. More threads than hanging requests of one
    // resource may hold; they are made when needed, and go again.
    p.put("org.apache.felix.http.jetty.threadpool.max", "64");
    p.put("org.apache.felix.http.jetty.acceptors", "1");
    p.put("org.apache.felix.http.jetty.selectors", "1");
  }
}
