// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Packets as they pass, into a file; a row each second tells how far it is. */
final class Capturing implements AutoCloseable {
  private static final long TOLD_NANOS = 1_000_000_000;
  private static final int LOT = 1024;

  private final Tap tap;
  private final Path file;
  private final Pcap.Writer writer;
  private final long wanted;
  private long packets;
  private long bytes;
  private long missed;
  private boolean ended;

  /**
   * What is in the file.
   *
   * @param missed packets that passed and are not in it, for they came faster than it was written
   */
  record Row(String file, String state, long packets, long bytes, long missed) {}

  /**
   * @param wanted how many packets; 0 for no end
   * @param most how many bytes of each
   * @throws IllegalArgumentException when the file cannot be made
   */
  Capturing(Tap tap, Path file, long wanted, int most) {
    this.tap = tap;
    this.file = file;
    this.wanted = wanted == 0 ? Long.MAX_VALUE : wanted;
    try {
      writer = new Pcap.Writer(file, most);
    } catch (FileAlreadyExistsException e) {
      tap.close();
      throw new IllegalArgumentException(
          file + " is there already and is not overwritten; name another file", e);
    } catch (IOException e) {
      tap.close();
      throw new IllegalArgumentException(
          "cannot write "
              + file
              + ": "
              + e
              + "; does its folder exist, and may Sluice write there?",
          e);
    }
  }

  Stream<Row> rows() {
    return Stream.generate(this::next)
        .takeWhile(Optional::isPresent)
        .map(Optional::get)
        .onClose(this::close);
  }

  private synchronized Optional<Row> next() {
    if (ended) {
      return Optional.empty();
    }
    long until = System.nanoTime() + TOLD_NANOS;
    try {
      while (packets < wanted && !over()) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          break;
        }
        lot(left);
      }
      missed += tap.missed();
    } catch (IOException e) {
      close();
      throw new IllegalStateException(
          "%s: %s; the capture ends with %d packets, the traffic goes on"
              .formatted(file, e.getMessage(), packets),
          e);
    }
    ended = packets >= wanted || over();
    return Optional.of(
        new Row(file.toString(), ended ? "done" : "capturing", packets, bytes, missed));
  }

  private boolean over() {
    return tap.ended() || Thread.currentThread().isInterrupted();
  }

  /** Whoever reads the file meanwhile sees whole packets soon after they passed. */
  private void lot(long nanos) throws IOException {
    Tap.@Nullable Seen seen = tap.next(nanos);
    for (int i = 0; seen != null; i++) {
      writer.write(seen.when(), seen.length(), seen.bytes().array());
      packets++;
      bytes += seen.bytes().limit();
      seen = packets < wanted && i < LOT ? tap.next(0) : null;
    }
    writer.flush();
  }

  @Override
  public synchronized void close() {
    ended = true;
    tap.close();
    try {
      writer.close();
    } catch (IOException e) {
      // What is missing was told when it could not be written.
    }
  }
}
