// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Places into which the kernel receives packets, an array of {@code struct mmsghdr} and what it
 * points to. Each place has room in the chunks of its owner, and behind that some of its own for
 * what a packet is longer. One thread at a time.
 *
 * <p>Nothing here checks the places it is given: who has it keeps it to himself.
 */
public final class PacketInbox {
  /** The longest packet that is received whole. */
  public static final int LONGEST = (64 << 10) + 256;

  private static final int MESSAGE = 64;
  private static final int MESSAGE_VECTORS = 16;
  private static final int MESSAGE_VECTOR_COUNT = 24;
  private static final int MESSAGE_CONTROL = 32;
  private static final int MESSAGE_CONTROL_SIZE = 40;
  private static final int MESSAGE_FLAGS = 48;
  private static final int MESSAGE_LENGTH = 56;
  private static final int VECTOR = 16;
  private static final int CONTROL = 64;
  private static final int CONTROL_USED = 40;
  private static final int CONTROL_LEVEL = 8;
  private static final int CONTROL_TYPE = 12;
  private static final int STATUS = 16;
  private static final int TAG = 32;
  private static final int TAG_TYPE = 34;
  private static final int AUXILIARY_SIZE = 36;
  private static final int SOL_PACKET = 263;
  private static final int PACKET_AUXDATA = 8;
  private static final int MSG_TRUNC = 0x20;
  static final short CUSTOMER_TAG = (short) 0x8100;

  private final MemorySegment messages;
  private final MemorySegment vectors;
  private final MemorySegment control;
  private final MemorySegment excess;
  private final long memory;
  private final int places;

  /**
   * @param arena alive as long as it is used
   * @param memory in which the chunks lie, alive as long as well
   * @param room bytes that each place has there
   */
  public PacketInbox(Arena arena, MemorySegment memory, int places, int room) {
    this.memory = memory.address();
    this.places = places;
    messages = arena.allocate((long) MESSAGE * places, MESSAGE);
    vectors = arena.allocate((long) VECTOR * 2 * places, MESSAGE);
    control = arena.allocate((long) CONTROL * places, MESSAGE);
    excess = arena.allocate((long) LONGEST * places, MESSAGE);
    for (int i = 0; i < places; i++) {
      long message = (long) MESSAGE * i;
      long vector = (long) VECTOR * 2 * i;
      messages.set(JAVA_LONG, message + MESSAGE_VECTORS, vectors.address() + vector);
      messages.set(JAVA_LONG, message + MESSAGE_VECTOR_COUNT, 2);
      messages.set(JAVA_LONG, message + MESSAGE_CONTROL, control.address() + (long) CONTROL * i);
      vectors.set(JAVA_LONG, vector + 8, room);
      vectors.set(JAVA_LONG, vector + VECTOR, excess.address() + (long) LONGEST * i);
      vectors.set(JAVA_LONG, vector + VECTOR + 8, LONGEST - room);
    }
  }

  public int places() {
    return places;
  }

  /** The memory for what a packet is longer than its room; see {@link #excessAt}. */
  public MemorySegment excess() {
    return excess;
  }

  /** Where in {@link #excess} the rest of a packet begins. */
  public long excessAt(int place) {
    return (long) LONGEST * place;
  }

  /** The next packet that comes to this place goes there. */
  public void place(int place, long address) {
    vectors.set(JAVA_LONG, (long) VECTOR * 2 * place, memory + address);
    messages.set(JAVA_LONG, (long) MESSAGE * place + MESSAGE_CONTROL_SIZE, CONTROL_USED);
  }

  /** How long the packet is, without the tag that was taken out. */
  public int length(int place) {
    return messages.get(JAVA_INT, (long) MESSAGE * place + MESSAGE_LENGTH);
  }

  /** Whether the packet was longer than there was room for. */
  public boolean truncated(int place) {
    return (messages.get(JAVA_INT, (long) MESSAGE * place + MESSAGE_FLAGS) & MSG_TRUNC) != 0;
  }

  /** What else the kernel told about the packet, for {@link PacketStatus}. */
  public int status(int place) {
    long at = (long) CONTROL * place;
    boolean told =
        messages.get(JAVA_LONG, (long) MESSAGE * place + MESSAGE_CONTROL_SIZE) >= AUXILIARY_SIZE
            && control.get(JAVA_INT, at + CONTROL_LEVEL) == SOL_PACKET
            && control.get(JAVA_INT, at + CONTROL_TYPE) == PACKET_AUXDATA;
    return told ? control.get(JAVA_INT, at + STATUS) : 0;
  }

  /** The tag that was taken out, as a number. */
  public short tag(int place) {
    return control.get(JAVA_SHORT, (long) CONTROL * place + TAG);
  }

  /** The EtherType that stood before it, as a number. */
  public short tagType(int place, int status) {
    return PacketStatus.typed(status)
        ? control.get(JAVA_SHORT, (long) CONTROL * place + TAG_TYPE)
        : CUSTOMER_TAG;
  }

  long address() {
    return messages.address();
  }
}
