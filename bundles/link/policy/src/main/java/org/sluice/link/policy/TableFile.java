// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.policy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Keeps the {@link TableBook} over restarts, as text that a person can read and mend. Its being
 * there says that this instance has made rules or routes.
 */
final class TableFile {
  private static final String HEAD =
      """
      # Which routing table belongs to which link: table, hardware address (- for none), name when last seen.
      # Written by Sluice. A table stays with its link over renames and restarts.
      """;

  private final Path file;

  TableFile(Path file) {
    this.file = file;
  }

  /**
   * @return empty when there is none
   * @throws IOException when it cannot be read or says something else
   */
  Optional<TableBook> read() throws IOException {
    List<String> lines;
    try {
      lines = Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    int owner = 0;
    List<TableBook.Entry> entries = new ArrayList<>();
    for (String line : lines) {
      String[] words = line.strip().split("\\s+", -1);
      if (line.isBlank() || words[0].startsWith("#")) {
        continue;
      }
      try {
        if (words[0].equals("owner") && words.length == 2) {
          owner = Integer.parseInt(words[1]);
        } else if (words.length == 3) {
          String mac = words[1].equals("-") ? "" : words[1];
          entries.add(new TableBook.Entry(Long.parseLong(words[0]), mac, words[2]));
        } else {
          throw new NumberFormatException(words.length + " words");
        }
      } catch (NumberFormatException e) {
        throw new IOException(file + ": cannot read the line: " + line, e);
      }
    }
    if (owner == 0) {
      throw new IOException(file + ": has no line with the owner");
    }
    return Optional.of(new TableBook(owner, entries));
  }

  void write(TableBook book) throws IOException {
    StringBuilder text = new StringBuilder(HEAD);
    text.append("owner ").append(book.owner()).append('\n');
    for (TableBook.Entry entry : book.entries()) {
      text.append(entry.table())
          .append(' ')
          .append(entry.mac().isEmpty() ? "-" : entry.mac())
          .append(' ')
          .append(entry.name())
          .append('\n');
    }
    Files.createDirectories(file.getParent());
    Path beside = file.resolveSibling(file.getFileName() + ".new");
    Files.writeString(beside, text);
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Sets a file that cannot be read aside, so that it is not lost and does not hinder. */
  void setAside() throws IOException {
    Files.move(
        file,
        file.resolveSibling(file.getFileName() + ".unreadable"),
        StandardCopyOption.REPLACE_EXISTING);
  }
}
