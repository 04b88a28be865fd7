// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static java.lang.System.Logger.Level.WARNING;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableSet;
import java.util.Optional;
import java.util.TreeSet;
import org.sluice.json.JsonException;

/**
 * Keeps generations on disk: a file a generation, and a pointer to the one in force. A file is
 * always whole, because it is written beside and renamed; the pointer is moved only after what it
 * points to has reached the disk. So whenever the process ends, what the pointer names is the last
 * generation that proved good.
 *
 * <p>Not for several threads at once.
 */
final class GenerationStore {
  private static final System.Logger LOG = System.getLogger("org.sluice.host.config");
  private static final String ENDING = ".json";

  private final Path folder;
  private final Path pointer;
  private final int keep;

  /**
   * @param folder {@code var/config}; made when it is not there
   * @param keep how many generations are kept
   */
  GenerationStore(Path folder, int keep) {
    this.folder = folder.resolve("generations");
    this.pointer = folder.resolve("in-force");
    this.keep = keep;
  }

  /** Numbers of all that are kept, readable or not. */
  NavigableSet<Long> numbers() {
    TreeSet<Long> numbers = new TreeSet<>();
    if (!Files.isDirectory(folder)) {
      return numbers;
    }
    try (var files = Files.newDirectoryStream(folder, "*" + ENDING)) {
      for (Path file : files) {
        String name = file.getFileName().toString();
        try {
          numbers.add(Long.parseLong(name.substring(0, name.length() - ENDING.length())));
        } catch (NumberFormatException e) {
          LOG.log(WARNING, "not a generation, passed over file=" + file);
        }
      }
    } catch (IOException | DirectoryIteratorException e) {
      LOG.log(WARNING, "generations cannot be listed: " + e + " folder=" + folder);
    }
    return numbers;
  }

  /** Empty when it is not kept any more, or cannot be read. */
  Optional<Stored> read(long number) {
    Path file = file(number);
    try {
      return Optional.of(Stored.parse(Files.readString(file)));
    } catch (java.nio.file.NoSuchFileException e) {
      return Optional.empty();
    } catch (IOException | JsonException e) {
      LOG.log(WARNING, "generation cannot be read, passed over: " + e + " file=" + file);
      return Optional.empty();
    }
  }

  /**
   * The generation in force: what the pointer names; should that be lost, the newest that proved
   * good.
   */
  Optional<Stored> inForce() {
    try {
      Optional<Stored> named = read(Long.parseLong(Files.readString(pointer).strip()));
      if (named.isPresent()) {
        return named;
      }
    } catch (java.nio.file.NoSuchFileException e) {
      // Nothing was ever in force, or the pointer was removed: see below.
    } catch (IOException | NumberFormatException e) {
      LOG.log(WARNING, "pointer to the generation in force is lost: " + e + " file=" + pointer);
    }
    return numbers().descendingSet().stream()
        .map(this::read)
        .flatMap(Optional::stream)
        .filter(s -> s.generation().state() == org.sluice.host.api.Generation.State.COMMITTED)
        .findFirst();
  }

  /** Those that can be read and came later, newest first. */
  List<Stored> after(long number) {
    List<Stored> later = new ArrayList<>();
    numbers().tailSet(number, false).descendingSet().forEach(n -> read(n).ifPresent(later::add));
    return later;
  }

  long next() {
    NavigableSet<Long> numbers = numbers();
    return numbers.isEmpty() ? 1 : numbers.last() + 1;
  }

  /** All that can be read, newest first. */
  List<Stored> all() {
    List<Stored> all = new ArrayList<>();
    numbers().descendingSet().forEach(n -> read(n).ifPresent(all::add));
    return all;
  }

  /**
   * Writes a generation down, again when its state changed.
   *
   * @param durable whether it must be on the disk before this returns; a generation that is only
   *     being tried need not survive the machine, only the process
   */
  void write(Stored stored, boolean durable) throws IOException {
    Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    replace(file(stored.number()), stored.json(), durable);
  }

  /** Writes a generation down for good and makes it the one in force. */
  void commit(Stored stored) throws IOException {
    write(stored, true);
    replace(pointer, stored.number() + "\n", true);
    prune(stored.number());
  }

  private void prune(long inForce) {
    List<Long> old = new ArrayList<>(numbers().descendingSet());
    old.remove(inForce);
    for (long number : old.subList(Math.min(old.size(), keep - 1), old.size())) {
      try {
        Files.deleteIfExists(file(number));
      } catch (IOException e) {
        LOG.log(WARNING, "old generation cannot be removed: " + e + " file=" + file(number));
      }
    }
  }

  private Path file(long number) {
    return folder.resolve(number + ENDING);
  }

  private static void replace(Path file, String text, boolean durable) throws IOException {
    Path parent = java.util.Objects.requireNonNull(file.getParent());
    Path beside = parent.resolve("." + file.getFileName() + ".new");
    // What a torn write left must not lend its rights to the new file.
    Files.deleteIfExists(beside);
    try (FileChannel channel =
        FileChannel.open(
            beside,
            java.util.Set.of(StandardOpenOption.WRITE, StandardOpenOption.CREATE_NEW),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (durable) {
        channel.force(true);
      }
    }
    Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    if (durable) {
      try (FileChannel channel = FileChannel.open(parent, StandardOpenOption.READ)) {
        channel.force(true);
      }
    }
  }
}
