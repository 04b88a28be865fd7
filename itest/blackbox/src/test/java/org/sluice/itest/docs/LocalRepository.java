// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/**
 * Maven keeps what it fetched once, and the interfaces change here without a new version. A plugin
 * project of a test therefore builds on a view of the local repository in which everything is
 * linked but the product's own artifacts.
 */
final class LocalRepository implements AutoCloseable {
  private static final Path REAL =
      Path.of(
          System.getProperty(
              "maven.repo.local", System.getProperty("user.home") + "/.m2/repository"));

  private final Path view;

  LocalRepository() throws IOException {
    view = Files.createTempDirectory("m2-");
    Files.createDirectories(REAL.resolve("org"));
    link(REAL, view, "org");
    link(REAL.resolve("org"), Files.createDirectory(view.resolve("org")), "sluice");
  }

  Path view() {
    return view;
  }

  /** Removes the links, not what they lead to. */
  @Override
  public void close() throws IOException {
    try (Stream<Path> tree = Files.walk(view)) {
      tree.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
    }
  }

  private static void link(Path from, Path to, String except) throws IOException {
    try (Stream<Path> entries = Files.list(from)) {
      for (Path entry : entries.toList()) {
        String name = entry.getFileName().toString();
        if (!name.equals(except)) {
          Files.createSymbolicLink(to.resolve(name), entry);
        }
      }
    }
  }
}
