// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Packets for the kernel to send, an array of {@code struct mmsghdr} and what it points to. One
 * thread at a time.
 *
 * <p>Nothing here checks the places it is given: who has it keeps it to himself.
 */
public final class PacketOutbox {
  private static final int MESSAGE = 64;
  private static final int MESSAGE_VECTORS = 16;
  private static final int MESSAGE_VECTOR_COUNT = 24;
  private static final int VECTOR = 16;

  private final MemorySegment messages;
  private final MemorySegment vectors;
  private final long memory;
  private final int pieces;
  private int packets;
  private int used;

  /**
   * @param arena alive as long as it is used
   * @param memory in which the packets lie, alive as long as well
   * @param pieces how many it holds; a packet has one or more
   */
  public PacketOutbox(Arena arena, MemorySegment memory, int pieces) {
    this.memory = memory.address();
    this.pieces = pieces;
    messages = arena.allocate((long) MESSAGE * pieces, MESSAGE);
    vectors = arena.allocate((long) VECTOR * pieces, MESSAGE);
  }

  /** Holds nothing now. */
  public void clear() {
    packets = 0;
    used = 0;
  }

  /** How many packets it holds. */
  public int packets() {
    return packets;
  }

  /** How many pieces it has room for. */
  public int room() {
    return pieces - used;
  }

  /** Adds a packet of so many pieces, which {@link #piece} must add next. */
  public void packet(int pieces) {
    long at = (long) MESSAGE * packets++;
    messages.set(JAVA_LONG, at + MESSAGE_VECTORS, vectors.address() + (long) VECTOR * used);
    messages.set(JAVA_LONG, at + MESSAGE_VECTOR_COUNT, pieces);
  }

  public void piece(long address, int length) {
    long at = (long) VECTOR * used++;
    vectors.set(JAVA_LONG, at, memory + address);
    vectors.set(JAVA_LONG, at + 8, length);
  }

  long address(int packet) {
    return messages.address() + (long) MESSAGE * packet;
  }
}
