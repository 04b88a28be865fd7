// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.sluice.sys.Trust;

/**
 * Where our hook writes what dhclient says: one file for each family of each link, replaced as a
 * whole. It belongs to root, like the hook; what somebody else could change does not count.
 */
final class HookFolder {
  private static final String PATTERN = "[46]-*";
  private static final int MOST = 1000;
  private static final int LARGEST = 64 * 1024;

  private final Path folder;
  private final Tally tally;
  private Map<Path, Known> known = new HashMap<>();
  private String problem = "";

  HookFolder(Path folder, Tally tally) {
    this.folder = folder;
    this.tally = tally;
  }

  private record Known(Signature signature, @Nullable HookRecord said) {}

  /** All there is now. */
  Map<Slot, HookRecord> look() {
    Map<Path, Known> there = new HashMap<>();
    Map<Slot, HookRecord> said = new HashMap<>();
    problem = "";
    if (Files.exists(folder)) {
      Trust.problem(folder).ifPresentOrElse(why -> problem = why, () -> look(there));
    }
    known = there;
    for (Known file : there.values()) {
      HookRecord fresh = file.said();
      if (fresh != null) {
        said.merge(fresh.slot(), fresh, (a, b) -> a.at().isAfter(b.at()) ? a : b);
      }
    }
    return said;
  }

  private void look(Map<Path, Known> there) {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, PATTERN)) {
      for (Path file : files) {
        if (there.size() < MOST) {
          look(file, there);
        }
      }
    } catch (IOException e) {
      tally.failed();
      problem = "reading the folder " + folder + ": " + e;
    }
  }

  private void look(Path file, Map<Path, Known> there) throws IOException {
    try {
      Signature signature = Signature.of(file);
      Known old = known.get(file);
      if (signature == null) {
        return;
      }
      there.put(
          file, old != null && old.signature().equals(signature) ? old : read(file, signature));
    } catch (NoSuchFileException e) {
      // It went meanwhile.
    }
  }

  private Known read(Path file, Signature signature) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      tally.signal();
      byte[] content = in.readNBytes(LARGEST);
      Optional<HookRecord> said = HookRecord.read(content, signature.written(), tally);
      return new Known(signature, said.orElse(null));
    }
  }

  Path path() {
    return folder;
  }

  /** Where changes show: the folder above it while there is none. */
  Path watched() {
    Path parent = folder.getParent();
    return parent == null || Files.isDirectory(folder) ? folder : parent;
  }

  boolean concerns(Path in, String name) {
    return in.equals(folder)
        ? !name.startsWith("t-")
        : in.equals(folder.getParent()) && name.equals(String.valueOf(folder.getFileName()));
  }

  /** Why nothing in it counts, with what to do; empty when it does. */
  String problem() {
    return problem;
  }
}
