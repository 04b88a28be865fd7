// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Private copies of jars, named after the digest of their bytes. The folder belongs to the process
 * alone, so what was verified there is what runs, whatever happens to the file that was dropped.
 */
final class Staging {
  private static final int BUFFER = 1 << 16;

  /** A signature is 64 bytes; in text with a comment some hundred. */
  private static final int LONGEST_SIGNATURE = 4096;

  private final Path folder;

  /** Makes the folder, or takes it over, and drops what an earlier process left half-done. */
  Staging(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder);
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
    try (DirectoryStream<Path> halfDone = Files.newDirectoryStream(folder, "*.part")) {
      for (Path file : halfDone) {
        Files.deleteIfExists(file);
      }
    }
  }

  /** What the location of every bundle from here begins with. */
  String prefix() {
    return "reference:" + folder.toUri();
  }

  /** Copies a jar and the signature beside it. */
  Staged stage(Path file) throws IOException {
    Path part = Files.createTempFile(folder, "copy", ".part");
    try {
      String sha = copy(file, part);
      byte[] signature = signature(file);
      Path target = folder.resolve(sha + ".jar");
      Path signatureFile = folder.resolve(sha + ".sig");
      if (signature.length > 0) {
        Files.write(signatureFile, signature);
      } else {
        Files.deleteIfExists(signatureFile);
      }
      if (!intact(target, part)) {
        Files.move(
            part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        sync(folder);
      }
      return new Staged(sha, target, text(signature));
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /**
   * The copy of an earlier process; null when it is not there, or is not any more what its name
   * says.
   */
  @Nullable Staged kept(String sha) throws IOException {
    Path path = folder.resolve(sha + ".jar");
    try {
      if (!digest(path).equals(sha)) {
        return null;
      }
      Path signature = folder.resolve(sha + ".sig");
      return new Staged(
          sha, path, text(Files.exists(signature) ? Files.readAllBytes(signature) : new byte[0]));
    } catch (NoSuchFileException e) {
      return null;
    }
  }

  /** Removes every copy but these. */
  void sweep(Set<String> used) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*.{jar,sig}")) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        if (!used.contains(name.substring(0, name.lastIndexOf('.')))) {
          Files.deleteIfExists(file);
        }
      }
    }
  }

  static String digest(Path file) throws IOException {
    MessageDigest digest = sha256();
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
        digest.update(buffer, 0, n);
      }
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static boolean intact(Path target, Path part) throws IOException {
    // A copy that a bundle has open must not be replaced; one that rotted on the disk must be.
    return Files.exists(target) && Files.mismatch(target, part) < 0;
  }

  private static String copy(Path from, Path to) throws IOException {
    MessageDigest digest = sha256();
    try (FileChannel in = FileChannel.open(from, StandardOpenOption.READ);
        FileChannel out = FileChannel.open(to, StandardOpenOption.WRITE)) {
      ByteBuffer buffer = ByteBuffer.allocate(BUFFER);
      while (in.read(buffer) >= 0) {
        buffer.flip();
        digest.update(buffer.duplicate());
        while (buffer.hasRemaining()) {
          out.write(buffer);
        }
        buffer.clear();
      }
      out.force(true);
    }
    return HexFormat.of().formatHex(digest.digest());
  }

  private static byte[] signature(Path jar) throws IOException {
    Path file = jar.resolveSibling(jar.getFileName() + DropFolder.SIGNATURE);
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(LONGEST_SIGNATURE);
    } catch (NoSuchFileException e) {
      return new byte[0];
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1);
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
