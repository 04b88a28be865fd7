// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime.migrate;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** What is to be written. Nothing is, until all is known. */
final class Output {
  static final String CONFIGS = "configs";
  static final String HOOKS = "hooks.d";

  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final Set<PosixFilePermission> CONFIG =
      PosixFilePermissions.fromString("rw-r--r--");

  private final Map<String, ConfigFile> configs = new TreeMap<>();
  private final Map<String, Path> copies = new TreeMap<>();
  private final Map<String, String> policies = new HashMap<>();

  ConfigFile config(String pid) {
    return configs.computeIfAbsent(pid, ConfigFile::new);
  }

  /** Its content and mode; a link is followed. */
  void copy(Path file, String to) {
    copies.put(HOOKS + "/" + to, file);
  }

  /** Who has a policy for a link already, or else the one who asks. */
  String policyOf(String link, String name) {
    return policies.computeIfAbsent(link, _ -> name);
  }

  List<String> files() {
    List<String> files = new ArrayList<>();
    configs.values().forEach(config -> files.add(CONFIGS + "/" + config.name()));
    files.addAll(copies.keySet());
    return files;
  }

  /**
   * Writes everything, or nothing when a file would be lost.
   *
   * @param over whether files that are there may be replaced
   */
  void write(Path folder, boolean over) throws IOException {
    // A process that watches the folder would take up half of it.
    if (Files.exists(folder.resolve("var/run/sluice.sock"), LinkOption.NOFOLLOW_LINKS)) {
      throw new IOException(
          folder
              + " is the home of a process that runs, or was killed, for it has var/run/sluice.sock:"
              + " write into another folder, then copy");
    }
    for (String file : files()) {
      Path path = folder.resolve(file);
      if (!over && Files.exists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new FileAlreadyExistsException(path.toString());
      }
    }
    for (ConfigFile config : configs.values()) {
      byte[] text = config.text().getBytes(StandardCharsets.UTF_8);
      put(folder.resolve(CONFIGS).resolve(config.name()), text, CONFIG);
    }
    for (Map.Entry<String, Path> copy : copies.entrySet()) {
      Path from = copy.getValue();
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(from);
      put(folder.resolve(copy.getKey()), Files.readAllBytes(from), mode);
    }
  }

  private static void put(Path file, byte[] content, Set<PosixFilePermission> mode)
      throws IOException {
    Path folder = java.util.Objects.requireNonNull(file.getParent());
    folders(folder);
    Path part = Files.createTempFile(folder, ".migrate", ".part");
    try {
      Files.write(part, content);
      Files.setPosixFilePermissions(part, mode);
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /** Whatever the mask of the user is: hooks refuse folders that others can write. */
  private static void folders(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    Path parent = folder.getParent();
    if (parent != null) {
      folders(parent);
    }
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, FOLDER);
  }
}
