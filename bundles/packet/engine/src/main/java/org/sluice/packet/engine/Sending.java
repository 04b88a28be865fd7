// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.PortStatistics;

/** Frames on their way out; a row each second tells how far it is, the last one how it went. */
final class Sending implements AutoCloseable {
  private static final long TOLD_NANOS = 1_000_000_000;
  private static final long PATIENCE_NANOS = 5_000_000_000L;
  private static final long GLANCE_NANOS = 50_000;
  private static final int BATCH = 64;

  private final FramePort port;
  private final List<byte[]> frames;
  private final long all;
  private final long rate;
  private final FrameBatch batch = new FrameBatch(BATCH);
  private final long began = System.nanoTime();
  private long given;
  private boolean ended;

  /**
   * How far it is.
   *
   * @param of how many frames there are to send
   * @param dropped frames that the port was given and that did not leave
   */
  record Row(String state, String driver, long sent, long of, long dropped, long milliseconds) {}

  /**
   * @param port that is closed at the end
   * @param rounds how often all frames are sent
   * @param rate frames a second; 0 for as fast as can be
   */
  Sending(FramePort port, List<byte[]> frames, long rounds, long rate) {
    this.port = port;
    this.frames = frames;
    this.rate = rate;
    all = Math.multiplyExact(rounds, (long) frames.size());
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
    long told = System.nanoTime() + TOLD_NANOS;
    long progress = System.nanoTime();
    while (given < all && System.nanoTime() < told && !Thread.currentThread().isInterrupted()) {
      int due = due();
      int taken = due == 0 ? 0 : give(due);
      if (taken > 0 || due == 0) {
        progress = System.nanoTime();
      } else if (System.nanoTime() - progress > PATIENCE_NANOS) {
        close();
        throw new IllegalStateException(
            "the port took no frame for %d s after %d of %d; see 'packet:ports'"
                .formatted(PATIENCE_NANOS / 1_000_000_000, given, all));
      }
      if (taken == 0) {
        LockSupport.parkNanos(this, GLANCE_NANOS);
      }
    }
    if (given >= all) {
      awaitGone();
    }
    ended = given >= all || Thread.currentThread().isInterrupted();
    PortStatistics counted = port.statistics();
    return Optional.of(
        new Row(
            given >= all ? "done" : ended ? "interrupted" : "sending",
            port.driver(),
            counted.sent(),
            all,
            counted.sendDropped() + counted.sendInvalid(),
            (System.nanoTime() - began) / 1_000_000));
  }

  /** How many frames may leave now. */
  private int due() {
    long left = Math.min(BATCH, all - given);
    if (rate == 0) {
      return (int) left;
    }
    double seconds = (System.nanoTime() - began) / 1e9;
    return (int) Math.clamp((long) (seconds * rate) + 1 - given, 0, left);
  }

  private int give(int count) {
    int got = port.reserve(batch, count);
    for (int i = 0; i < got; i++) {
      byte[] frame = frames.get((int) ((given + i) % frames.size()));
      batch.length(i, frame.length);
      MemorySegment.copy(frame, 0, port.memory(), JAVA_BYTE, batch.address(i), frame.length);
    }
    port.send(batch);
    port.flush();
    int taken = got - batch.count();
    port.release(batch);
    given += taken;
    return taken;
  }

  /** A port that is closed takes with it what has not left yet. */
  private void awaitGone() {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (port.report().census().sending() > 0 && System.nanoTime() < until) {
      port.flush();
      LockSupport.parkNanos(this, GLANCE_NANOS);
    }
  }

  @Override
  public synchronized void close() {
    ended = true;
    port.close();
  }
}
