// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.api.driver.Tally.Of;
import org.sluice.sys.SysException;
import org.sluice.sys.socket.PacketBlocks;
import org.sluice.sys.socket.PacketSocket;
import org.sluice.sys.socket.PacketStatus;

/**
 * Receives from memory that is shared with the kernel, without a call. Each packet is copied into a
 * chunk, so that its block goes back to the kernel as soon as all of it were.
 */
final class BlockReception implements Reception {
  /** The longest packet must fit into a block. */
  private static final int SIZE = 256 << 10;

  private static final int LEAST = 4;

  /** The shortest that the kernel knows. */
  private static final int MILLIS = 1;

  private static final int MOST_CHUNKS = 64;

  private final PacketSocket socket;
  private final MemorySegment memory;
  private final ChunkPool pool;
  private final Tally tally;
  private final PacketBlocks blocks;
  private final int chunkSize;
  private final int room;
  private final long[] chunks = new long[MOST_CHUNKS];
  private int stocked;
  private int block;
  private int left;
  private long packet;
  private boolean begun;

  /** Chunks that the next packet needs, as far as it is known. */
  private int needed = 1;

  private volatile boolean starved;

  BlockReception(
      PacketSocket socket, MemorySegment memory, ChunkPool pool, FrameSpec spec, Tally tally)
      throws SysException {
    this.socket = socket;
    this.memory = memory;
    this.pool = pool;
    this.tally = tally;
    chunkSize = spec.chunkSize();
    room = chunkSize - PacketSocketPort.HEADROOM;
    long bytes = (long) spec.ring() * PacketSocketPort.BYTES_PER_PLACE;
    blocks = socket.blocks((int) Math.max(LEAST, bytes / SIZE), SIZE, MILLIS);
  }

  @Override
  public int placed() {
    return 0;
  }

  @Override
  public int pending() {
    return 0;
  }

  @Override
  public boolean starved() {
    return starved;
  }

  @Override
  public boolean await(long nanos) {
    if (blocks.filled(block)) {
      return supplied(nanos);
    }
    if (!socket.await(nanos)) {
      return false;
    }
    if (!blocks.filled(block)) {
      socket.settle();
    }
    return true;
  }

  /** Waits until there are chunks for what has arrived; whether there are. */
  private boolean supplied(long nanos) {
    if (pool.free() >= needed) {
      return true;
    }
    starved = true;
    try {
      // Whoever gives chunks back from now on wakes this side; who did just before, did not.
      if (pool.free() < needed) {
        socket.rest(nanos);
      }
    } finally {
      starved = false;
    }
    return pool.free() >= needed;
  }

  @Override
  public int receive(FrameBatch into) {
    into.bind(memory, chunkSize);
    int capacity = into.capacity();
    long[] words = into.words();
    int filled = 0;
    while (open()) {
      filled = handOut(words, filled, capacity);
      if (left > 0) {
        break;
      }
      close();
      if (filled == capacity) {
        break;
      }
    }
    if (stocked > 0) {
      pool.give(chunks, 0, stocked);
      stocked = 0;
    }
    into.filled(filled);
    pool.handedOut(filled);
    return filled;
  }

  /** Whether there is a block with packets left to be handed out, or to be given back. */
  private boolean open() {
    if (!begun && blocks.filled(block)) {
      left = blocks.packets(block);
      packet = blocks.first(block);
      begun = true;
    }
    return begun;
  }

  private void close() {
    blocks.done(block);
    block = block + 1 == blocks.count() ? 0 : block + 1;
    begun = false;
  }

  /** Hands out what is in the block, until the next packet does not fit or chunks are missing. */
  private int handOut(long[] words, int from, int capacity) {
    int filled = from;
    int packets = 0;
    long bytes = 0;
    while (left > 0) {
      if (!blocks.inside(block, packet)) {
        left = 0;
        break;
      }
      int frames = Reception.frames(blocks.length(packet), room, chunkSize);
      if (!blocks.whole(block, packet) || frames > capacity || frames > MOST_CHUNKS) {
        tally.add(Of.RECEIVE_INVALID, 1);
        next();
        continue;
      }
      if (frames > capacity - filled) {
        break;
      }
      if (stocked < frames && !stock(frames, capacity - filled)) {
        needed = frames;
        break;
      }
      needed = 1;
      bytes += copy(words, filled, frames);
      filled += frames;
      packets++;
      next();
    }
    tally.add(Of.RECEIVED, packets);
    tally.add(Of.RECEIVED_BYTES, bytes);
    return filled;
  }

  private void next() {
    packet = blocks.next(packet);
    left--;
  }

  /** Gets as many chunks as may be needed; whether there are as many as are. */
  private boolean stock(int frames, int useful) {
    stocked += pool.take(chunks, stocked, Math.min(useful, MOST_CHUNKS) - stocked);
    return stocked >= frames;
  }

  /** Copies a packet into chunks; returns how long it is. */
  private int copy(long[] words, int at, int frames) {
    int length = blocks.length(packet);
    int status = blocks.status(packet);
    int flags = Reception.flags(status);
    long from = blocks.data(packet);
    long chunk = chunks[--stocked];
    long address = chunk + PacketSocketPort.HEADROOM;
    int first = Math.min(length, room);
    MemorySegment.copy(blocks.memory(), from, memory, address, first);
    int rest = length - first;
    from += first;
    int tag = 0;
    if (PacketStatus.tagged(status) && length >= ADDRESSES) {
      tag = TAG;
      address -= TAG;
      Reception.insert(memory, address, blocks.tagType(packet, status), blocks.tag(packet));
    }
    Reception.put(words, at, address, first + tag, rest > 0 ? flags | FrameBatch.CONTINUED : flags);
    for (int i = 1; i < frames; i++) {
      int part = Math.min(rest, chunkSize);
      long piece = chunks[--stocked];
      MemorySegment.copy(blocks.memory(), from, memory, piece, part);
      from += part;
      rest -= part;
      Reception.put(words, at + i, piece, part, rest > 0 ? flags | FrameBatch.CONTINUED : flags);
    }
    return length + tag;
  }
}
