// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * Memory that a packet socket shares with the kernel: a ring of blocks, which the kernel fills with
 * packets one after another and hands over when one is full, or a while after its first packet. One
 * thread at a time. It ends with its socket.
 */
public final class PacketBlocks {
  private static final int STATUS = 8;
  private static final int PACKETS = 12;
  private static final int FIRST = 16;
  private static final int OURS = 1;
  private static final int PACKET_NEXT = 0;
  private static final int PACKET_KEPT = 12;
  private static final int PACKET_LENGTH = 16;
  private static final int PACKET_STATUS = 20;
  private static final int PACKET_DATA = 24;
  private static final int PACKET_TAG = 32;
  private static final int PACKET_TAG_TYPE = 36;
  private static final int PACKET_HEADER = 48;
  private static final VarHandle WORD = JAVA_INT.varHandle().withInvokeExactBehavior();

  private final MemorySegment memory;
  private final int count;
  private final int size;

  PacketBlocks(MemorySegment memory, int count, int size) {
    this.memory = memory;
    this.count = count;
    this.size = size;
  }

  /** In which the packets lie. */
  public MemorySegment memory() {
    return memory;
  }

  public int count() {
    return count;
  }

  /** Whether the kernel has handed this block over. */
  public boolean filled(int block) {
    return ((int) WORD.getAcquire(memory, (long) block * size + STATUS) & OURS) != 0;
  }

  /** Gives the block back to the kernel. */
  public void done(int block) {
    WORD.setRelease(memory, (long) block * size + STATUS, 0);
  }

  /** How many packets are in the block. */
  public int packets(int block) {
    return memory.get(JAVA_INT, (long) block * size + PACKETS);
  }

  /** Where the first packet of the block is. */
  public long first(int block) {
    return (long) block * size + memory.get(JAVA_INT, (long) block * size + FIRST);
  }

  /** Where the packet behind this one is. */
  public long next(long packet) {
    return packet + memory.get(JAVA_INT_UNALIGNED, packet + PACKET_NEXT);
  }

  /** Whether all of the packet was kept, and it lies where a packet of this block can lie. */
  public boolean whole(int block, long packet) {
    int kept = memory.get(JAVA_INT_UNALIGNED, packet + PACKET_KEPT);
    return kept == memory.get(JAVA_INT_UNALIGNED, packet + PACKET_LENGTH)
        && kept >= 0
        && data(packet) + kept <= (long) (block + 1) * size;
  }

  /** Whether there can be a packet at this place of the block. */
  public boolean inside(int block, long packet) {
    return packet >= (long) block * size && packet + PACKET_HEADER <= (long) (block + 1) * size;
  }

  /** How long the packet is, without the tag that was taken out. */
  public int length(long packet) {
    return memory.get(JAVA_INT_UNALIGNED, packet + PACKET_KEPT);
  }

  /** Where the bytes of the packet are. */
  public long data(long packet) {
    return packet + Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, packet + PACKET_DATA));
  }

  /** What else the kernel told about the packet, for {@link PacketStatus}. */
  public int status(long packet) {
    return memory.get(JAVA_INT_UNALIGNED, packet + PACKET_STATUS);
  }

  /** The tag that was taken out, as a number. */
  public short tag(long packet) {
    return (short) memory.get(JAVA_INT_UNALIGNED, packet + PACKET_TAG);
  }

  /** The EtherType that stood before it, as a number. */
  public short tagType(long packet, int status) {
    return PacketStatus.typed(status)
        ? memory.get(JAVA_SHORT_UNALIGNED, packet + PACKET_TAG_TYPE)
        : PacketInbox.CUSTOMER_TAG;
  }
}
