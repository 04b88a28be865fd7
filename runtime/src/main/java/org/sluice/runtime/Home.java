// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;

/** The folder of one instance: filled when empty, and held by one process at a time. */
final class Home implements AutoCloseable {
  private static final List<String> FOLDERS = List.of("plugins", "configs", "hooks.d");
  private static final List<String> PRIVATE = List.of("var", "var/run", "var/tmp");

  private final Path path;
  private final FileChannel channel;

  private Home(Path path, FileChannel channel) {
    this.path = path;
    this.channel = channel;
  }

  Path path() {
    return path;
  }

  /**
   * @param defaults configuration files as shipped, copied into a home that has no configs folder
   * @throws IOException when the folder cannot be used; the message says why and what to do
   */
  static Home open(Path path, Path defaults) throws IOException {
    try {
      boolean fresh = !Files.exists(path.resolve("configs"));
      for (String folder : FOLDERS) {
        Files.createDirectories(path.resolve(folder));
      }
      for (String folder : PRIVATE) {
        if (!Files.isDirectory(path.resolve(folder))) {
          Files.createDirectories(
              path.resolve(folder),
              PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-x---")));
        }
      }
      if (fresh && Files.isDirectory(defaults)) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(defaults, "*.cfg.json")) {
          for (Path file : files) {
            Files.copy(file, path.resolve("configs").resolve(file.getFileName()));
          }
        }
      }
    } catch (IOException e) {
      throw new IOException(
          "the home %s cannot be prepared: %s — name a folder you may write: --home DIR"
              .formatted(path, e),
          e);
    }
    return new Home(path, lock(path));
  }

  /** The kernel drops the lock when the process ends, however it ends. */
  private static FileChannel lock(Path path) throws IOException {
    Path file = path.resolve("var/run/sluice.pid");
    FileChannel channel =
        FileChannel.open(
            file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
    FileLock lock = channel.tryLock();
    if (lock == null) {
      String pid = Files.readString(file).trim();
      channel.close();
      throw new IOException(
          "%s is in use by process %s — stop that one, or name another folder: --home DIR"
              .formatted(path, pid));
    }
    channel.truncate(0);
    byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
    channel.write(ByteBuffer.wrap(pid));
    return channel;
  }

  @Override
  public void close() throws IOException {
    channel.close();
  }
}
