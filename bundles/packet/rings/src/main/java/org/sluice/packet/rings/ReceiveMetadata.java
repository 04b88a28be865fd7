// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;

/**
 * What the interface knows of a packet that was received, where the port was opened to be told
 * ({@code xdp.metadata}). It lies in the 32 bytes before the packet, until the holder writes there.
 *
 * <p>A flyweight for one thread: {@link #of} looks at a frame, and what the others return belongs
 * to that one. The program that stands in the way of the interface writes these bytes, each number
 * as the processor orders its bytes:
 *
 * <pre>
 * -32  time, in nanoseconds
 * -24  hash                       -20  of what the hash was made
 * -16  type of the VLAN tag, as it stood in the packet       -14  tag
 *  -8  which of these are there    -4  mark
 * </pre>
 */
public final class ReceiveMetadata {
  /** Bytes before the packet. */
  public static final int LENGTH = 32;

  /** In the last four bytes, where there is metadata at all. */
  public static final int MARK = 0x5ec7_a1d3;

  /** The interface told the time. */
  public static final int TIME = 1;

  /** The interface made a hash. */
  public static final int HASH = 1 << 1;

  /** The interface took a VLAN tag off. */
  public static final int VLAN = 1 << 2;

  private MemorySegment memory = MemorySegment.NULL;
  private long packet;
  private int there;

  /**
   * Looks at the first frame of a packet.
   *
   * @return whether anything is known of it
   */
  public boolean of(FrameBatch batch, int frame) {
    there = 0;
    if ((frame > 0 && batch.continued(frame - 1)) || batch.headroom(frame) < LENGTH) {
      return false;
    }
    memory = batch.memory();
    packet = batch.address(frame);
    if (memory.get(JAVA_INT_UNALIGNED, packet - 4) != MARK) {
      return false;
    }
    there = memory.get(JAVA_INT_UNALIGNED, packet - 8) & (TIME | HASH | VLAN);
    return there != 0;
  }

  public boolean hasTime() {
    return (there & TIME) != 0;
  }

  /** When the packet arrived by the clock of the interface, in nanoseconds; 0 when not known. */
  public long time() {
    return hasTime() ? memory.get(JAVA_LONG_UNALIGNED, packet - 32) : 0;
  }

  public boolean hasHash() {
    return (there & HASH) != 0;
  }

  /** By which the interface chooses a queue; 0 when not known. */
  public int hash() {
    return hasHash() ? memory.get(JAVA_INT_UNALIGNED, packet - 24) : 0;
  }

  /** Of which fields the hash was made, as {@code enum xdp_rss_hash_type} has it. */
  public int hashType() {
    return hasHash() ? memory.get(JAVA_INT_UNALIGNED, packet - 20) : 0;
  }

  public boolean hasVlan() {
    return (there & VLAN) != 0;
  }

  /** The EtherType of the tag that the interface took off, such as 0x8100; 0 for none. */
  public int vlanType() {
    return hasVlan() ? half(packet - 16) : 0;
  }

  /** Number and priority of the tag that the interface took off; 0 for none. */
  public int vlan() {
    return hasVlan() ? Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, packet - 14)) : 0;
  }

  private int half(long at) {
    return (memory.get(JAVA_BYTE, at) & 255) << 8 | (memory.get(JAVA_BYTE, at + 1) & 255);
  }
}
