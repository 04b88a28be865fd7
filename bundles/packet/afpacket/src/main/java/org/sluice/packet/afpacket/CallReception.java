// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.api.driver.Tally.Of;
import org.sluice.sys.socket.PacketInbox;
import org.sluice.sys.socket.PacketSocket;
import org.sluice.sys.socket.PacketStatus;

/**
 * Receives by calls. Chunks lie in the places of the inbox before a packet arrives, so that the
 * kernel copies it where the holder finds it.
 *
 * <p>The places {@code [0, ready)} were given a chunk. Those of {@code [0, next)} are done with,
 * and empty if their packet was handed out; {@code [next, arrived)} hold packets that did not fit
 * into the holder's batch.
 */
final class CallReception implements Reception {
  private static final int MOST_PLACES = 64;
  private static final int LEAST_PLACES = 8;
  private static final long EMPTY = -1;

  private final PacketSocket socket;
  private final MemorySegment memory;
  private final ChunkPool pool;
  private final Tally tally;
  private final PacketInbox inbox;
  private final int chunkSize;
  private final int room;
  private final long[] chunks;
  private final long[] further;
  private int ready;
  private int next;
  private int arrived;
  private int emptied;

  /** For the census, which any thread takes. */
  private volatile int placed;

  private volatile int pending;

  private volatile boolean starved;

  CallReception(
      PacketSocket socket,
      Arena arena,
      MemorySegment memory,
      ChunkPool pool,
      FrameSpec spec,
      Tally tally) {
    this.socket = socket;
    this.memory = memory;
    this.pool = pool;
    this.tally = tally;
    chunkSize = spec.chunkSize();
    room = chunkSize - PacketSocketPort.HEADROOM;
    int places =
        spec.direction().receives() ? Math.clamp(spec.chunks() / 8, LEAST_PLACES, MOST_PLACES) : 0;
    inbox = new PacketInbox(arena, memory, places, room);
    chunks = new long[places];
    further = new long[PacketInbox.LONGEST / chunkSize + 1];
    refill();
    placed = ready;
  }

  @Override
  public int placed() {
    return placed;
  }

  @Override
  public int pending() {
    return pending;
  }

  @Override
  public int receive(FrameBatch into) {
    into.bind(memory, chunkSize);
    int capacity = into.capacity();
    long[] words = into.words();
    int filled = 0;
    boolean drained = chunks.length == 0;
    while (true) {
      filled = handOut(words, filled, capacity);
      if (next < arrived || drained || filled == capacity) {
        break;
      }
      refill();
      int places = Math.min(ready, capacity - filled);
      if (places == 0) {
        break;
      }
      // An error tells of the interface, as the report does; there is nothing to receive then.
      arrived = Math.max(0, socket.receive(inbox, places));
      tally.add(Of.WAKEUPS, 1);
      drained = arrived < places;
    }
    into.filled(filled);
    pool.handedOut(filled);
    placed = ready - emptied;
    pending = arrived - next;
    return filled;
  }

  /** Hands out what has arrived, until the next packet does not fit. */
  private int handOut(long[] words, int from, int capacity) {
    int filled = from;
    int packets = 0;
    long bytes = 0;
    while (next < arrived) {
      int length = inbox.length(next);
      int frames = Reception.frames(length, room, chunkSize);
      if (inbox.truncated(next) || frames > capacity) {
        tally.add(Of.RECEIVE_INVALID, 1);
        next++;
        continue;
      }
      if (frames > capacity - filled) {
        break;
      }
      int got = pool.take(further, 0, frames - 1);
      if (got < frames - 1) {
        pool.give(further, 0, got);
        tally.add(Of.RECEIVE_DROPPED, 1);
        next++;
        continue;
      }
      int status = inbox.status(next);
      int flags = Reception.flags(status);
      long address = chunks[next] + PacketSocketPort.HEADROOM;
      int first = Math.min(length, room);
      if (PacketStatus.tagged(status) && length >= Reception.ADDRESSES) {
        address -= Reception.TAG;
        first += Reception.TAG;
        bytes += Reception.TAG;
        Reception.insert(memory, address, inbox.tagType(next, status), inbox.tag(next));
      }
      Reception.put(
          words, filled, address, first, frames > 1 ? flags | FrameBatch.CONTINUED : flags);
      if (frames > 1) {
        excess(words, filled + 1, frames - 1, length - room, flags);
      }
      filled += frames;
      packets++;
      bytes += length;
      chunks[next++] = EMPTY;
      emptied++;
    }
    tally.add(Of.RECEIVED, packets);
    tally.add(Of.RECEIVED_BYTES, bytes);
    return filled;
  }

  /** Copies what a packet is longer than the room of its place. */
  private void excess(long[] words, int at, int frames, int length, int flags) {
    long from = inbox.excessAt(next);
    int left = length;
    for (int i = 0; i < frames; i++) {
      int part = Math.min(left, chunkSize);
      MemorySegment.copy(inbox.excess(), from, memory, further[i], part);
      from += part;
      left -= part;
      Reception.put(
          words, at + i, further[i], part, left > 0 ? flags | FrameBatch.CONTINUED : flags);
    }
  }

  /** Gives every place a chunk again, as far as there are any, the first places first. */
  private void refill() {
    int kept = ready;
    for (int i = arrived - 1; i >= 0; i--) {
      if (chunks[i] == EMPTY) {
        chunks[i] = chunks[--kept];
      }
    }
    ready = kept + pool.take(chunks, kept, chunks.length - kept);
    place(0, Math.min(arrived, kept));
    place(kept, ready);
    arrived = 0;
    next = 0;
    emptied = 0;
  }

  @Override
  public boolean starved() {
    return starved;
  }

  @Override
  public boolean await(long nanos) {
    if (pending > 0) {
      return true;
    }
    if (chunks.length == 0 || supplied()) {
      return socket.await(nanos);
    }
    // What has arrived already would end every wait at once, while there is no place for it.
    starved = true;
    try {
      // Whoever gives chunks back from now on wakes this side; who did just before, did not.
      if (!supplied()) {
        socket.rest(nanos);
      }
    } finally {
      starved = false;
    }
    return supplied() && socket.await(0);
  }

  /** Whether there is a place with a chunk, when nothing is pending. */
  private boolean supplied() {
    if (ready == emptied) {
      refill();
      placed = ready;
    }
    return ready > 0;
  }

  private void place(int from, int to) {
    for (int i = from; i < to; i++) {
      inbox.place(i, chunks[i] + PacketSocketPort.HEADROOM);
    }
  }
}
