// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import org.osgi.framework.Bundle;

/**
 * What all installed bundles say of their configuration. A bundle counts from the moment it is
 * installed, before it is resolved or started; of two revisions of one bundle the later counts.
 */
final class Schemas {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final String FOLDER = "OSGI-INF/metatype/";

  private final Map<Long, Claims> claims = new HashMap<>();

  private record Claims(String name, List<Schema> schemas) {}

  /**
   * Reads what a bundle says, anew if it was updated.
   *
   * @return the PIDs it claims
   */
  List<Schema> add(Bundle bundle) {
    List<Schema> schemas = read(bundle);
    synchronized (claims) {
      if (schemas.isEmpty()) {
        claims.remove(bundle.getBundleId());
      } else {
        String name = Objects.requireNonNullElse(bundle.getSymbolicName(), bundle.getLocation());
        claims.put(bundle.getBundleId(), new Claims(name, schemas));
      }
    }
    return schemas;
  }

  /** Whether the bundle claimed anything. */
  boolean remove(Bundle bundle) {
    synchronized (claims) {
      return claims.remove(bundle.getBundleId()) != null;
    }
  }

  /** Everything said of a PID or factory PID; several when several bundles use it. */
  List<Schema> of(String base) {
    return current().stream().filter(s -> s.pid().equals(base)).toList();
  }

  /** All PIDs that somebody claims. */
  Set<String> pids() {
    Set<String> pids = new TreeSet<>();
    current().forEach(s -> pids.add(s.pid()));
    return pids;
  }

  private List<Schema> current() {
    Map<String, Map.Entry<Long, Claims>> latest = new LinkedHashMap<>();
    synchronized (claims) {
      for (var entry : claims.entrySet()) {
        latest.merge(entry.getValue().name(), entry, (a, b) -> a.getKey() > b.getKey() ? a : b);
      }
    }
    List<Schema> all = new ArrayList<>();
    latest.values().forEach(e -> all.addAll(e.getValue().schemas()));
    return all;
  }

  private static List<Schema> read(Bundle bundle) {
    // Not findEntries, which would resolve the bundle.
    Enumeration<String> paths = bundle.getEntryPaths(FOLDER);
    List<Schema> schemas = new ArrayList<>();
    while (paths != null && paths.hasMoreElements()) {
      String path = paths.nextElement();
      URL url = path.endsWith(".xml") ? bundle.getEntry(path) : null;
      if (url == null) {
        continue;
      }
      try (InputStream in = url.openStream()) {
        schemas.addAll(SchemaReader.read(bundle.getSymbolicName() + " " + bundle.getVersion(), in));
      } catch (IOException e) {
        LOG.log(
            WARNING,
            "configuration of a bundle cannot be checked bundle="
                + bundle.getSymbolicName()
                + " file="
                + path
                + " reason="
                + e.getMessage());
      }
    }
    return schemas;
  }
}
