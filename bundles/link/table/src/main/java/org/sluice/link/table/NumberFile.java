// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps event numbers rising from one start to the next, so that a client which comes back after a
 * restart with the number it saw last is never taken for one that saw another event of that number.
 *
 * <p>The file holds a number that was never given. While the table runs it is ahead of the events
 * by a block, so that it is right after {@code kill -9} too; when the table stops it is exact.
 */
final class NumberFile {
  private static final System.Logger LOG = System.getLogger("org.sluice.link.table");
  private static final long BLOCK = 1_000_000;

  private final @Nullable Path file;
  private final Clock clock;
  private long reserved;

  /**
   * @param file none to begin with the time, which is later than any number given before
   */
  NumberFile(@Nullable Path file, Clock clock) {
    this.file = file;
    this.clock = clock;
  }

  /** The number before the first one to be given now. */
  long begin() {
    long last = file == null ? clock.millis() : read(file);
    ahead(last);
    return last;
  }

  private long read(Path from) {
    try {
      return Long.parseLong(Files.readString(from).strip());
    } catch (NoSuchFileException e) {
      return 0;
    } catch (IOException | NumberFormatException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "the last event number is unknown, going on with the time in milliseconds file=" + from,
          e);
      return clock.millis();
    }
  }

  /** Whether {@link #ahead} is due. */
  boolean near(long last) {
    return last > reserved - BLOCK / 2;
  }

  void ahead(long last) {
    reserved = last + BLOCK;
    write(reserved);
  }

  void end(long last) {
    write(last);
  }

  private void write(long number) {
    if (file == null) {
      return;
    }
    try {
      Files.createDirectories(file.getParent());
      Path beside = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(beside, number + "\n");
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "event numbers cannot be kept, after a restart clients may be told too little file="
              + file,
          e);
    }
  }
}
