// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dhclient;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One lease file. When dhclient starts it empties the file and writes it anew, so a lease that is
 * missing is believed to be gone only when it still is a moment later.
 */
final class LeaseFile {
  static final Duration MOMENT = Duration.ofMillis(250);

  /** Of a larger file the end is read; what counts stands there. */
  private static final int LARGEST = 1024 * 1024;

  private final Path path;
  private final boolean common;
  private @Nullable Signature signature;
  private Map<Slot, Grant> read = Map.of();
  private Map<Slot, Grant> shown = Map.of();
  private @Nullable Instant doubtful;

  /**
   * @param common whether it lies in one of the usual folders rather than where a dhclient said
   */
  LeaseFile(Path path, boolean common) {
    this.path = path;
    this.common = common;
  }

  Path path() {
    return path;
  }

  boolean common() {
    return common;
  }

  /** When it was written; never null once it was read. */
  Instant written() {
    return signature == null ? Instant.EPOCH : signature.written();
  }

  Map<Slot, Grant> leases() {
    return shown;
  }

  boolean doubtful() {
    return doubtful != null;
  }

  /** Looks whether it changed, and reads it when it did. */
  void look(Instant now, Tally tally) throws IOException {
    Signature before = signature;
    Signature current = Signature.of(path);
    if (current == null) {
      throw new IOException("it is no regular file");
    }
    if (!current.equals(before)) {
      read = Map.copyOf(LeaseBlocks.read(end(), tally));
      signature = current;
      tally.read();
    }
    settle(now);
  }

  private void settle(Instant now) {
    Set<Slot> there = read.keySet();
    boolean missing =
        shown.entrySet().stream()
            .anyMatch(old -> !there.contains(old.getKey()) && old.getValue().lasts(now));
    if (!missing) {
      doubtful = null;
      shown = read;
      return;
    }
    Instant since = doubtful == null ? now : doubtful;
    if (!now.isBefore(since.plus(MOMENT))) {
      doubtful = null;
      shown = read;
    } else {
      doubtful = since;
      Map<Slot, Grant> both = new HashMap<>(shown);
      both.putAll(read);
      shown = Map.copyOf(both);
    }
  }

  private byte[] end() throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      long from = Math.max(0, channel.size() - LARGEST);
      ByteBuffer into = ByteBuffer.allocate((int) Math.min(LARGEST, channel.size()));
      while (into.hasRemaining() && channel.read(into, from + into.position()) > 0) {
        // As much as there is.
      }
      byte[] bytes = Arrays.copyOf(into.array(), into.position());
      return from == 0 ? bytes : fromFirstLease(bytes);
    }
  }

  private static byte[] fromFirstLease(byte[] bytes) {
    int first = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("\nlease");
    return first < 0 ? new byte[0] : Arrays.copyOfRange(bytes, first + 1, bytes.length);
  }
}
