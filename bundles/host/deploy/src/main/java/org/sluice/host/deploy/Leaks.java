// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.lang.ref.WeakReference;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;
import org.osgi.framework.wiring.BundleWiring;
import org.sluice.host.api.Leak;

/**
 * Remembers the class loader of every dropped revision, weakly, and tells which are still there.
 */
final class Leaks {
  private static final int ROUNDS = 20;
  private static final int PAUSE = 25;

  private final List<Dropped> dropped = new ArrayList<>();

  /**
   * @param before threads with a lower id were there before the revision was dropped
   */
  private record Dropped(
      WeakReference<ClassLoader> loader,
      String bundle,
      String version,
      Instant at,
      long before,
      Set<String> packages) {}

  /** To be called while the revision is still there. */
  void watch(Bundle bundle) {
    BundleWiring wiring = bundle.adapt(BundleWiring.class);
    ClassLoader loader = wiring == null ? null : wiring.getClassLoader();
    if (wiring == null || loader == null) {
      return;
    }
    Set<String> packages = new HashSet<>();
    for (String name :
        wiring.listResources(
            "/",
            "*.class",
            BundleWiring.LISTRESOURCES_RECURSE | BundleWiring.LISTRESOURCES_LOCAL)) {
      packages.add(name.substring(0, Math.max(0, name.lastIndexOf('/'))).replace('/', '.'));
    }
    Dropped revision =
        new Dropped(
            new WeakReference<>(loader),
            String.valueOf(bundle.getSymbolicName()),
            bundle.getVersion().toString(),
            Instant.now(),
            Thread.ofPlatform().name("host.deploy/never-started").unstarted(() -> {}).threadId(),
            packages);
    synchronized (dropped) {
      dropped.removeIf(d -> d.loader().get() == null);
      dropped.add(revision);
    }
  }

  /** Collects garbage until nothing is left or it does not help any more. */
  List<Leak> find() {
    for (int round = 0; round < ROUNDS && !remaining().isEmpty(); round++) {
      System.gc();
      try {
        Thread.sleep(PAUSE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        break;
      }
    }
    Map<Thread, StackTraceElement[]> stacks = Thread.getAllStackTraces();
    return remaining().stream()
        .map(d -> new Leak(d.bundle(), d.version(), d.at(), holders(d, stacks)))
        .toList();
  }

  private List<Dropped> remaining() {
    synchronized (dropped) {
      dropped.removeIf(d -> d.loader().get() == null);
      return List.copyOf(dropped);
    }
  }

  private static List<String> holders(Dropped revision, Map<Thread, StackTraceElement[]> stacks) {
    Set<String> holders = new TreeSet<>();
    ClassLoader loader = revision.loader().get();
    stacks.forEach(
        (thread, stack) -> {
          String name = "thread " + thread.getName();
          if (loader != null && loader.equals(thread.getClass().getClassLoader())) {
            holders.add(name + " (it is of a class of the plugin)");
          } else if (loader != null && loader.equals(thread.getContextClassLoader())) {
            holders.add(name + " (its context class loader)");
          }
          for (StackTraceElement frame : stack) {
            String type = frame.getClassName();
            String pack = type.substring(0, Math.max(0, type.lastIndexOf('.')));
            if (thread.threadId() < revision.before() && revision.packages().contains(pack)) {
              holders.add(name + " (runs " + frame + ")");
              break;
            }
          }
        });
    return List.copyOf(holders);
  }
}
