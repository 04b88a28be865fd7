// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.sluice.json.JsonWriter;

/** {@code audit.jsonl} and those that were put aside. For one thread. */
final class AuditFiles implements AutoCloseable {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.audit");
  private static final String CURRENT = "audit.jsonl";
  private static final Pattern NUMBER = Pattern.compile("^\\{\"number\":\\s*(\\d+)");
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss.SSS'Z'").withZone(ZoneOffset.UTC);

  /** More than the longest line. */
  private static final int TAIL = 1 << 20;

  private final Path folder;
  private final long size;
  private final int files;
  private final Duration age;
  private @Nullable FileChannel channel;
  private long number;

  /**
   * @param size in bytes, from which on a file is put aside
   * @param files so many of those are kept
   * @param age for so long
   */
  AuditFiles(Path folder, long size, int files, Duration age) {
    this.folder = folder;
    this.size = size;
    this.files = files;
    this.age = age;
  }

  Path current() {
    return folder.resolve(CURRENT);
  }

  /**
   * Writes one line. What fails leaves the file such that the next line begins on its own. The
   * kernel has the line when this returns: it outlives the process, if not the loss of power.
   */
  Act append(Act act) throws IOException {
    FileChannel to = open();
    long end = to.size();
    Act numbered = act.numbered(number + 1);
    byte[] line = (JsonWriter.write(numbered) + "\n").getBytes(StandardCharsets.UTF_8);
    try {
      ByteBuffer rest = ByteBuffer.wrap(line);
      while (rest.hasRemaining()) {
        to.write(rest);
      }
    } catch (IOException e) {
      to.truncate(end);
      throw e;
    }
    number++;
    if (to.size() >= size) {
      putAside(numbered.time());
    }
    return numbered;
  }

  private FileChannel open() throws IOException {
    FileChannel known = channel;
    if (known != null) {
      return known;
    }
    Files.createDirectories(folder.getParent());
    if (!Files.isDirectory(folder)) {
      Files.createDirectory(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    boolean there = Files.exists(current());
    FileChannel opened =
        FileChannel.open(
            current(),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    channel = opened;
    number = Math.max(number, there ? resume(opened) : newestAside());
    return opened;
  }

  /** The number of the last whole line; what a crash left behind it is ended with a line break. */
  private long resume(FileChannel opened) throws IOException {
    String tail = tail(current());
    if (!tail.isEmpty() && !tail.endsWith("\n")) {
      opened.write(ByteBuffer.wrap(new byte[] {'\n'}));
    }
    long last = lastNumber(tail);
    return last > 0 ? last : newestAside();
  }

  private long newestAside() throws IOException {
    List<Path> aside = aside();
    return aside.isEmpty() ? 0 : lastNumber(tail(aside.getFirst()));
  }

  private static long lastNumber(String tail) {
    for (String line : tail.lines().toList().reversed()) {
      Matcher matcher = NUMBER.matcher(line);
      if (matcher.find() && line.endsWith("}")) {
        return Long.parseLong(matcher.group(1));
      }
    }
    return 0;
  }

  private static String tail(Path file) throws IOException {
    try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
      long from = Math.max(0, in.length() - TAIL);
      in.seek(from);
      byte[] bytes = new byte[(int) (in.length() - from)];
      in.readFully(bytes);
      return new String(bytes, StandardCharsets.UTF_8);
    }
  }

  /** The last lines as they are written, oldest first. */
  List<String> last(int most) throws IOException {
    List<String> lines = new ArrayList<>();
    List<Path> newestFirst = new ArrayList<>();
    if (Files.exists(current())) {
      newestFirst.add(current());
    }
    newestFirst.addAll(aside());
    for (Path file : newestFirst) {
      if (lines.size() < most) {
        lines.addAll(0, tail(file).lines().filter(line -> line.endsWith("}")).toList());
      }
    }
    return lines.subList(Math.max(0, lines.size() - most), lines.size());
  }

  private void putAside(Instant now) throws IOException {
    close();
    Files.move(current(), folder.resolve("audit-" + STAMP.format(now) + ".jsonl"));
    sweep(now);
  }

  /** Removes what is not to be kept any more. */
  void sweep(Instant now) {
    try {
      int newer = 0;
      for (Path file : aside()) {
        boolean old = Files.getLastModifiedTime(file).toInstant().isBefore(now.minus(age));
        if (old || newer >= files) {
          Files.deleteIfExists(file);
        }
        newer++;
      }
    } catch (IOException e) {
      LOG.log(System.Logger.Level.WARNING, "removing old audit files: " + e);
    }
  }

  /** Newest first: their names sort by time. */
  private List<Path> aside() throws IOException {
    List<Path> aside = new ArrayList<>();
    if (Files.isDirectory(folder)) {
      try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "audit-*.jsonl")) {
        found.forEach(aside::add);
      }
    }
    aside.sort(Collections.reverseOrder());
    return aside;
  }

  @Override
  public void close() throws IOException {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      open.close();
    }
  }
}
