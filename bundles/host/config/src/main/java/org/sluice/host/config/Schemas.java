// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.ArrayList;
import java.util.Enumeration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.osgi.framework.Bundle;

/**
 * What bundles say of their configuration. A bundle counts from the moment it is installed, before
 * it is resolved or started; of two revisions of one bundle the later counts. Plugins that are not
 * here yet count as they were when they were last here.
 */
final class Schemas {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final String FOLDER = "OSGI-INF/metatype/";

  /** Metatypes of the size of a book are not read. */
  private static final int MAX_BYTES = 1 << 20;

  private final SchemaMemory memory;
  private final TreeMap<Long, Claims> claims = new TreeMap<>();
  private final Map<String, List<Schema>> remembered;

  /**
   * @param files as they are in the bundle
   */
  private record Claims(String name, List<byte[]> files, List<Schema> schemas) {}

  Schemas(SchemaMemory memory) {
    this.memory = memory;
    this.remembered = memory.recall();
  }

  /** Reads what a bundle of the product says. */
  void add(Bundle bundle) {
    Claims read = read(bundle);
    synchronized (claims) {
      if (read.schemas().isEmpty()) {
        claims.remove(bundle.getBundleId());
      } else {
        claims.put(bundle.getBundleId(), read);
      }
      remembered.remove(read.name());
    }
  }

  /**
   * Reads what a plugin says, anew if it was updated, and remembers it.
   *
   * @return what it claims
   */
  List<Schema> arrive(Bundle bundle) {
    synchronized (claims) {
      boolean known = remembered.containsKey(name(bundle)) || latest(name(bundle)) != null;
      add(bundle);
      Claims now = claims.get(bundle.getBundleId());
      if (now != null) {
        memory.keep(now.name(), now.files());
        return now.schemas();
      }
      if (known) {
        memory.forget(name(bundle));
      }
      return List.of();
    }
  }

  /**
   * Forgets what a bundle said.
   *
   * @return whether that makes a difference
   */
  boolean remove(Bundle bundle) {
    synchronized (claims) {
      Claims gone = claims.remove(bundle.getBundleId());
      if (gone == null) {
        return false;
      }
      Claims left = latest(gone.name());
      if (left == null) {
        memory.forget(gone.name());
      } else {
        memory.keep(left.name(), left.files());
      }
      return true;
    }
  }

  /** Whether there are plugins that have not come. */
  boolean awaitsAny() {
    synchronized (claims) {
      return !remembered.isEmpty();
    }
  }

  /**
   * Forgets the plugins that have not come.
   *
   * @return whether that makes a difference
   */
  boolean forgetAbsent() {
    synchronized (claims) {
      boolean any = !remembered.isEmpty();
      remembered.keySet().forEach(memory::forget);
      remembered.clear();
      return any;
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
    Map<String, List<Schema>> latest = new TreeMap<>();
    synchronized (claims) {
      latest.putAll(remembered);
      claims.values().forEach(c -> latest.put(c.name(), c.schemas()));
    }
    List<Schema> all = new ArrayList<>();
    latest.values().forEach(all::addAll);
    return all;
  }

  private @Nullable Claims latest(String name) {
    for (Claims candidate : claims.descendingMap().values()) {
      if (candidate.name().equals(name)) {
        return candidate;
      }
    }
    return null;
  }

  private static String name(Bundle bundle) {
    return Objects.requireNonNullElse(bundle.getSymbolicName(), bundle.getLocation());
  }

  private static Claims read(Bundle bundle) {
    // Not findEntries, which would resolve the bundle.
    Enumeration<String> paths = bundle.getEntryPaths(FOLDER);
    List<byte[]> files = new ArrayList<>();
    List<Schema> schemas = new ArrayList<>();
    while (paths != null && paths.hasMoreElements()) {
      String path = paths.nextElement();
      URL url = path.endsWith(".xml") ? bundle.getEntry(path) : null;
      if (url == null) {
        continue;
      }
      try (InputStream in = url.openStream()) {
        byte[] file = in.readNBytes(MAX_BYTES);
        schemas.addAll(SchemaMemory.parse(name(bundle) + " " + bundle.getVersion(), file));
        files.add(file);
      } catch (IOException e) {
        LOG.log(
            WARNING,
            "configuration of a bundle cannot be checked: %s bundle=%s file=%s"
                .formatted(e.getMessage(), name(bundle), path));
      }
    }
    return new Claims(name(bundle), files, schemas);
  }
}
