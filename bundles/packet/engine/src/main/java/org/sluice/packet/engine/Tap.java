// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Match;
import org.sluice.packet.proto.Matcher;

/**
 * Takes copies of packets that pass, for one reader. The ports never wait for the reader: what
 * finds no room is counted. It is filtered before it is copied, so that a flood of others costs no
 * room.
 */
final class Tap implements Trace.Viewer, AutoCloseable {
  private static final int AHEAD = 2048;

  private final Trace trace;
  private final String link;
  private final Matcher matcher;
  private final int most;
  private final BlockingQueue<Seen> queue = new ArrayBlockingQueue<>(AHEAD);
  private long missed;
  private volatile boolean ended;

  /**
   * A packet that passed.
   *
   * @param in whether it was received, not sent
   * @param length of the whole packet
   * @param flags of its first frame
   * @param bytes as many of it as were asked for
   */
  record Seen(Instant when, String link, boolean in, int length, int flags, ByteBuffer bytes) {}

  /**
   * @param link empty for all
   * @param most how many bytes of a packet are kept
   */
  Tap(Trace trace, String link, Match match, int most) {
    this.trace = trace;
    this.link = link;
    this.most = most;
    matcher = Matcher.of(match);
    trace.add(this);
  }

  @Override
  public void see(String from, boolean in, FrameBatch frames, int first, int end) {
    if (link.isEmpty() || link.equals(from)) {
      keep(from, in, frames, first, end);
    }
  }

  /** The matcher serves one port at a time, and the order of packets is that of their times. */
  private synchronized void keep(String from, boolean in, FrameBatch frames, int first, int end) {
    if (!matcher.matches(frames, first)) {
      return;
    }
    if (queue.remainingCapacity() == 0) {
      missed++;
      return;
    }
    int length = 0;
    for (int i = first; i < end; i++) {
      length += frames.length(i);
    }
    byte[] bytes = new byte[Math.min(length, most)];
    int at = 0;
    for (int i = first; i < end && at < bytes.length; i++) {
      int part = Math.min(frames.length(i), bytes.length - at);
      MemorySegment.copy(frames.memory(), JAVA_BYTE, frames.address(i), bytes, at, part);
      at += part;
    }
    queue.add(
        new Seen(Instant.now(), from, in, length, frames.flags(first), ByteBuffer.wrap(bytes)));
  }

  /** The next packet; {@code null} when none came in time, or the reader was interrupted. */
  @Nullable Seen next(long nanos) {
    try {
      return queue.poll(nanos, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  /** How many packets found no room since this was asked last. */
  synchronized long missed() {
    long now = missed;
    missed = 0;
    return now;
  }

  /** Whether nothing will come any more, but for what is here already. */
  boolean ended() {
    return ended;
  }

  @Override
  public void end() {
    ended = true;
  }

  @Override
  public void close() {
    ended = true;
    trace.remove(this);
  }
}
