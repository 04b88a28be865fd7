// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.api.driver.Tally.Of;
import org.sluice.sys.Errno;
import org.sluice.sys.socket.PacketOutbox;
import org.sluice.sys.socket.PacketSocket;

/**
 * The sending side of a port. The kernel copies what it is given, so a chunk is free again as soon
 * as the call has returned.
 */
final class Transmission {
  /** The most frames of one call; the longest packet must fit. */
  private static final int PIECES = 64;

  /** The most frames of one packet. */
  private static final int MOST = 18;

  private static final int AGAIN = -Errno.EAGAIN.number();
  private static final int INTERRUPTED = -Errno.EINTR.number();
  private static final int DOWN = -Errno.ENETDOWN.number();
  private static final int TOO_LONG = -Errno.EMSGSIZE.number();
  private static final int INVALID = -Errno.EINVAL.number();

  private final PacketSocket socket;
  private final MemorySegment memory;
  private final ChunkPool pool;
  private final Tally tally;
  private final String subject;
  private final PacketOutbox outbox;
  private final int chunkSize;
  private final boolean allowed;
  private final long[] taken = new long[PIECES];
  private int done;

  Transmission(
      PacketSocket socket,
      Arena arena,
      MemorySegment memory,
      ChunkPool pool,
      FrameSpec spec,
      Tally tally,
      String subject) {
    this.socket = socket;
    this.memory = memory;
    this.pool = pool;
    this.tally = tally;
    this.subject = subject;
    chunkSize = spec.chunkSize();
    allowed = spec.direction().sends();
    outbox = new PacketOutbox(arena, memory, PIECES);
  }

  int reserve(FrameBatch into, int count) {
    allow();
    if (into.isEmpty()) {
      into.bind(memory, chunkSize);
    } else {
      PacketSocketPort.own(into, memory, subject);
    }
    int wanted = Math.min(count, into.capacity() - into.count());
    int added = 0;
    while (added < wanted) {
      int got = pool.take(taken, 0, Math.min(wanted - added, PIECES));
      if (got == 0) {
        break;
      }
      for (int i = 0; i < got; i++) {
        into.add(taken[i] + PacketSocketPort.HEADROOM, 0, 0);
      }
      added += got;
    }
    pool.handedOut(added);
    return added;
  }

  int send(FrameBatch frames) {
    allow();
    PacketSocketPort.own(frames, memory, subject);
    int total = frames.count();
    long[] words = frames.words();
    done = 0;
    while (done < total) {
      pack(words, total);
      if (outbox.packets() == 0) {
        skip(words, total, Of.SEND_INVALID);
      } else if (!transmit(words, total)) {
        break;
      }
    }
    pool.release(words, 2, done);
    frames.removeFirst(done);
    return done;
  }

  void flush() {
    // The kernel has taken over whatever send() has.
    allow();
  }

  private void allow() {
    if (!allowed) {
      throw new IllegalStateException("the " + subject + " was opened for receiving only");
    }
  }

  /** Fills the outbox with the packets that come next, up to one that cannot be sent. */
  private void pack(long[] words, int total) {
    outbox.clear();
    int at = done;
    while (at < total) {
      int frames = frames(words, at, total);
      if (frames > outbox.room() || !sound(words, at, frames)) {
        return;
      }
      outbox.packet(frames);
      for (int i = at; i < at + frames; i++) {
        outbox.piece(words[2 * i], (int) words[2 * i + 1]);
      }
      at += frames;
    }
  }

  /**
   * Gives the packets of the outbox to the kernel.
   *
   * @return whether it had room for all of them
   */
  private boolean transmit(long[] words, int total) {
    int first = 0;
    boolean repeated = false;
    while (first < outbox.packets()) {
      int result = socket.send(outbox, first);
      tally.add(Of.WAKEUPS, 1);
      if (result > 0) {
        account(words, total, result);
        first += result;
        repeated = false;
      } else if (result == AGAIN) {
        return false;
      } else if (result == DOWN && !repeated) {
        // It may tell that the interface has been down, which is told once.
        repeated = true;
      } else if (result != INTERRUPTED) {
        boolean never = result == TOO_LONG || result == INVALID;
        skip(words, total, never ? Of.SEND_INVALID : Of.SEND_DROPPED);
        first++;
        repeated = false;
      }
    }
    return true;
  }

  private void account(long[] words, int total, int packets) {
    long bytes = 0;
    for (int i = 0; i < packets; i++) {
      int frames = frames(words, done, total);
      bytes += bytes(words, done, frames);
      done += frames;
    }
    tally.add(Of.SENT, packets);
    tally.add(Of.SENT_BYTES, bytes);
  }

  private void skip(long[] words, int total, Of why) {
    done += frames(words, done, total);
    tally.add(why, 1);
  }

  /** How many frames the packet has that begins here. */
  private static int frames(long[] words, int at, int total) {
    int end = at;
    while (end < total - 1 && continued(words, end)) {
      end++;
    }
    return end - at + 1;
  }

  private static boolean continued(long[] words, int at) {
    return (words[2 * at + 1] >>> 32 & FrameBatch.CONTINUED) != 0;
  }

  private static long bytes(long[] words, int at, int frames) {
    long bytes = 0;
    for (int i = at; i < at + frames; i++) {
      bytes += (int) words[2 * i + 1];
    }
    return bytes;
  }

  /** Whether a packet has an end, and bytes in each frame, all of them within its chunks. */
  private boolean sound(long[] words, int at, int frames) {
    if (frames > MOST || continued(words, at + frames - 1)) {
      return false;
    }
    for (int i = at; i < at + frames; i++) {
      int length = (int) words[2 * i + 1];
      if (length <= 0 || outside(words[2 * i], length)) {
        return false;
      }
    }
    return true;
  }

  private boolean outside(long address, int length) {
    return address < 0
        || address > memory.byteSize() - length
        || (address & (chunkSize - 1)) + length > chunkSize;
  }
}
