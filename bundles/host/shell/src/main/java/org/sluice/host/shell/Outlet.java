// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to one client. Frames are queued by whoever has something to say and written by a thread
 * of their own: an interrupt of a thread that writes to a channel would close the channel, and
 * interrupting a command must not cost its user the connection.
 *
 * <p>The queue is bounded, so a command goes as fast as its reader. A reader that takes nothing for
 * the patience of the outlet, while somebody waits to write, is given up.
 */
final class Outlet {
  private static final int BOUND = 256 * 1024;

  private final SocketChannel channel;
  private final Duration patience;
  private final ArrayDeque<ByteBuffer> queue = new ArrayDeque<>();
  private int queued;
  private long progress = System.nanoTime();
  private boolean finished;
  private boolean closed;

  Outlet(SocketChannel channel, Duration patience) {
    this.channel = channel;
    this.patience = patience;
  }

  void put(char type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    put(type, bytes, 0, bytes.length, () -> false);
  }

  /**
   * Waits for room.
   *
   * @param cut whether the request is over already, so that nothing of it may follow; asked when
   *     there is room
   */
  synchronized void put(char type, byte[] bytes, int offset, int length, BooleanSupplier cut)
      throws IOException {
    while (queued > BOUND && !closed && !cut.getAsBoolean()) {
      try {
        wait(Math.max(1, patienceLeft()));
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new InterruptedIOException("interrupted while the client was slow to read");
      }
    }
    if (closed) {
      throw new IOException("the client is gone");
    }
    if (cut.getAsBoolean()) {
      throw new IOException("the command was interrupted");
    }
    ByteBuffer frame = Frames.encode(type, bytes, offset, length);
    queue.add(frame);
    queued += frame.remaining();
    notifyAll();
  }

  private synchronized long patienceLeft() throws IOException {
    Duration left = patience.minusNanos(System.nanoTime() - progress);
    if (left.isNegative() || left.isZero()) {
      close();
      throw new IOException("the client has read nothing for " + patience.toSeconds() + " s");
    }
    return left.toMillis();
  }

  /** Body of the writing thread; returns when the outlet is closed, or finished and empty. */
  void drain() {
    try {
      for (ByteBuffer frame = take(); frame != null; frame = take()) {
        while (frame.hasRemaining()) {
          int wrote = channel.write(frame);
          synchronized (this) {
            queued -= wrote;
            progress = System.nanoTime();
            notifyAll();
          }
        }
      }
    } catch (IOException | InterruptedException e) {
      // The client went away; the reading side sees that too and says so.
    } finally {
      close();
    }
  }

  private synchronized @Nullable ByteBuffer take() throws InterruptedException {
    while (queue.isEmpty() && !closed && !finished) {
      wait();
    }
    if (queue.isEmpty() || closed) {
      return null;
    }
    // Idle time is not the client's fault.
    progress = System.nanoTime();
    return queue.poll();
  }

  /** What is queued is still written, then the connection is closed. */
  synchronized void finish() {
    finished = true;
    notifyAll();
  }

  /** At once; also wakes whoever waits to write. */
  void close() {
    synchronized (this) {
      closed = true;
      queue.clear();
      notifyAll();
    }
    try {
      channel.close();
    } catch (IOException e) {
      System.getLogger("org.sluice.host.shell")
          .log(System.Logger.Level.DEBUG, "closing a connection", e);
    }
  }
}
