// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.jspecify.annotations.Nullable;

/**
 * The folder {@code var/quarantine}: a copy of each refused jar, and beside it a text that says
 * why. It is for people; what the process itself remembers is in the {@link Journal}.
 */
final class Quarantine {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.deploy");

  private final Path folder;

  Quarantine(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
  }

  Path folder() {
    return folder;
  }

  /**
   * @param bytes where the refused content can be copied from; null when it could not be read
   * @param serving what goes on serving in its place
   */
  void put(Journal.Quarantined entry, @Nullable Path bytes, String serving) {
    Path copy = folder.resolve(entry.file());
    try {
      if (bytes != null && Files.isRegularFile(bytes)) {
        Files.copy(bytes, copy, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.deleteIfExists(copy);
      }
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "copying the refused jar to %s failed: %s file=%s".formatted(copy, e, entry.file()));
    }
    String text =
        """
        file:    plugins/%s
        digest:  %s
        when:    %s
        kind:    %s
        reason:  %s
        remedy:  %s
        serving: %s

        The same content is not tried again until the cause may have changed.
        To try it again now: ./sluice host:release %s
        """
            .formatted(
                entry.file(),
                entry.sha().isEmpty() ? "unknown" : "sha256 " + entry.sha(),
                entry.since(),
                entry.refusal().kind(),
                entry.refusal().reason(),
                entry.refusal().remedy(),
                serving.isEmpty() ? "nothing" : serving,
                entry.file());
    try {
      Files.writeString(note(entry.file()), text);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "writing " + note(entry.file()) + ": " + e);
    }
  }

  void remove(String file) {
    try {
      Files.deleteIfExists(folder.resolve(file));
      Files.deleteIfExists(note(file));
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "clearing " + folder.resolve(file) + ": " + e);
    }
  }

  private Path note(String file) {
    return folder.resolve(file + ".txt");
  }
}
