// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Whether a zip file is all there, told from its end: a zip is written front to back and its last
 * record says where the directory is that stands before it. Cheap enough to ask every few
 * milliseconds while somebody copies.
 */
final class ZipEnd {
  private static final int END = 0x06054b50;
  private static final int END64_LOCATOR = 0x07064b50;
  private static final int DIRECTORY = 0x02014b50;
  private static final int END_LENGTH = 22;
  private static final int LONGEST = END_LENGTH + 0xffff;
  private static final long IN_ZIP64 = 0xffffffffL;

  private ZipEnd() {}

  /** What is missing; empty when the file is complete. */
  static String missing(Path file) throws IOException {
    try (SeekableByteChannel channel = Files.newByteChannel(file)) {
      long size = channel.size();
      if (size == 0) {
        return "it is empty";
      }
      ByteBuffer tail = read(channel, Math.max(0, size - LONGEST), (int) Math.min(size, LONGEST));
      for (int at = tail.limit() - END_LENGTH; at >= 0; at--) {
        boolean end = tail.getInt(at) == END && END_LENGTH + comment(tail, at) == tail.limit() - at;
        if (end) {
          return directory(channel, tail, at, size - tail.limit() + at);
        }
      }
      return start(channel)
          ? "it starts like a jar but has no end record: only a part of it is there"
          : "it is not a zip file";
    }
  }

  private static int comment(ByteBuffer tail, int at) {
    return Short.toUnsignedInt(tail.getShort(at + 20));
  }

  private static String directory(SeekableByteChannel channel, ByteBuffer tail, int at, long end)
      throws IOException {
    long length = Integer.toUnsignedLong(tail.getInt(at + 12));
    long offset = Integer.toUnsignedLong(tail.getInt(at + 16));
    if (offset == IN_ZIP64 || length == IN_ZIP64) {
      boolean located = at >= 20 && tail.getInt(at - 20) == END64_LOCATOR;
      return located ? "" : "its end record points to a second one that is not there";
    }
    if (offset + length > end) {
      return "its directory of entries lies outside the file: a part of it is missing";
    }
    if (length > 0 && read(channel, end - length, 4).getInt(0) != DIRECTORY) {
      return "its directory of entries is not where the end record says";
    }
    return "";
  }

  private static boolean start(SeekableByteChannel channel) throws IOException {
    return channel.size() >= 2 && read(channel, 0, 2).getShort(0) == 0x4b50;
  }

  private static ByteBuffer read(SeekableByteChannel channel, long from, int length)
      throws IOException {
    ByteBuffer buffer = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
    channel.position(from);
    int n = 0;
    while (buffer.hasRemaining() && n >= 0) {
      n = channel.read(buffer);
    }
    // A file that shrinks meanwhile leaves zeros, which are nobody's signature.
    buffer.clear();
    return buffer;
  }
}
