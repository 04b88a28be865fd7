// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names of tables for the tools of iproute2, in a file of our own. A file of that name that is
 * somebody else's is left as it is.
 */
final class TableNames {
  static final String FILE = "sluice.conf";
  private static final String MARK =
      "# Written by Sluice, removed when it stops. Do not edit: see names in"
          + " org.sluice.link.policy.cfg.json\n";

  private final Path file;

  TableNames(Path folder) {
    file = folder.resolve(FILE);
  }

  Path file() {
    return file;
  }

  /**
   * @param names of links, by table
   * @throws IOException when it cannot be written, or is somebody else's
   */
  void write(Map<Long, String> names) throws IOException {
    StringBuilder text = new StringBuilder(MARK);
    new TreeMap<>(names)
        .forEach(
            (table, link) -> {
              // A name of a link may be anything; the tools read words.
              if (link.matches("[A-Za-z0-9_.-]+")) {
                text.append(table).append("\tsluice-").append(link).append('\n');
              }
            });
    if (text.toString().equals(read())) {
      return;
    }
    Files.createDirectories(file.getParent());
    Path beside = file.resolveSibling("." + FILE + ".new");
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  void remove() throws IOException {
    if (!read().isEmpty()) {
      Files.deleteIfExists(file);
    }
  }

  /** Empty when there is none. */
  private String read() throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    }
    if (!text.startsWith(MARK)) {
      throw new IOException(file + " is not ours and is left as it is");
    }
    return text;
  }
}
