// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Remembers what plugins said of their configuration. At the start of the process they are not
 * installed yet, and still their files must be judged, or a file that was refused yesterday would
 * pass today and meet its component.
 */
final class SchemaMemory {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");

  private final Path folder;

  /**
   * @param folder a folder a bundle, in which are its metatype files as they were
   */
  SchemaMemory(Path folder) {
    this.folder = folder;
  }

  /** By symbolic name. */
  Map<String, List<Schema>> recall() {
    Map<String, List<Schema>> all = new TreeMap<>();
    for (Path bundle : list(folder)) {
      List<Schema> schemas = new ArrayList<>();
      String name = bundle.getFileName().toString();
      for (Path file : list(bundle)) {
        try (var in = Files.newInputStream(file)) {
          schemas.addAll(SchemaReader.read(name + " (not here yet)", in));
        } catch (IOException e) {
          LOG.log(WARNING, "a remembered metatype cannot be read: " + e + " file=" + file);
        }
      }
      all.put(name, schemas);
    }
    return all;
  }

  /** In the place of what was remembered of that bundle. */
  void keep(String bundle, List<byte[]> files) {
    forget(bundle);
    try {
      Path of = Files.createDirectories(folder.resolve(safe(bundle)));
      for (int i = 0; i < files.size(); i++) {
        Files.write(of.resolve(i + ".xml"), files.get(i));
      }
    } catch (IOException e) {
      LOG.log(WARNING, "a metatype cannot be remembered: " + e + " bundle=" + bundle);
    }
  }

  void forget(String bundle) {
    Path of = folder.resolve(safe(bundle));
    try {
      for (Path file : list(of)) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(of);
    } catch (IOException e) {
      LOG.log(WARNING, "a metatype cannot be forgotten: " + e + " bundle=" + bundle);
    }
  }

  private static String safe(String bundle) {
    String name = bundle.replaceAll("[^\\w.-]", "_");
    return name.startsWith(".") ? "_" + name : name;
  }

  private static List<Path> list(Path folder) {
    List<Path> paths = new ArrayList<>();
    try (var entries = Files.newDirectoryStream(folder)) {
      entries.forEach(paths::add);
    } catch (NoSuchFileException e) {
      return List.of();
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(WARNING, "remembered metatypes cannot be read: " + e + " folder=" + folder);
    }
    return paths;
  }

  /** One metatype file, understood. */
  static List<Schema> parse(String bundle, byte[] file) throws IOException {
    return SchemaReader.read(bundle, new ByteArrayInputStream(file));
  }
}
