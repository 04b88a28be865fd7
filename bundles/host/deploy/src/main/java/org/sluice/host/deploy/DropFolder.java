// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The folder into which people drop jars. It is only ever read. */
final class DropFolder {
  static final String SIGNATURE = ".sig";

  private final Path path;

  DropFolder(Path path) {
    this.path = path;
  }

  Path path() {
    return path;
  }

  /**
   * A file as it lies there.
   *
   * @param print null when there is nothing that could be read
   * @param signature of the signature file beside it; null when there is none
   * @param obstacle why it cannot be a jar; empty when it may be one
   */
  record Sighting(
      Path path, @Nullable Fingerprint print, @Nullable Fingerprint signature, String obstacle) {}

  /**
   * All jars, in the order of their names. Hidden files are left out: editors and copying tools
   * keep their unfinished work in them.
   *
   * @throws IOException when the folder cannot be read, which says nothing about its files
   */
  SortedMap<String, Sighting> look() throws IOException {
    SortedMap<String, Sighting> found = new TreeMap<>();
    try (DirectoryStream<Path> files =
        Files.newDirectoryStream(path, f -> isJar(String.valueOf(f.getFileName())))) {
      for (Path file : files) {
        Sighting sighting = see(file);
        if (sighting != null) {
          found.put(String.valueOf(file.getFileName()), sighting);
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
    return found;
  }

  static boolean isJar(String name) {
    return name.endsWith(".jar") && !name.startsWith(".");
  }

  private static @Nullable Sighting see(Path file) {
    try {
      Fingerprint print = Fingerprint.of(file);
      String obstacle =
          Files.isRegularFile(file)
              ? ""
              : Files.isDirectory(file) ? "is a folder, not a jar" : "is not a regular file";
      return new Sighting(file, print, signature(file), obstacle);
    } catch (NoSuchFileException e) {
      // Either it went between the listing and now, or it is a link to nowhere.
      if (!Files.exists(file, LinkOption.NOFOLLOW_LINKS)) {
        return null;
      }
      return new Sighting(file, null, null, "is a symbolic link to a file that does not exist");
    } catch (IOException e) {
      return new Sighting(file, null, null, "cannot be examined: " + e);
    }
  }

  private static @Nullable Fingerprint signature(Path jar) throws IOException {
    try {
      return Fingerprint.of(jar.resolveSibling(jar.getFileName() + SIGNATURE));
    } catch (NoSuchFileException e) {
      return null;
    }
  }
}
