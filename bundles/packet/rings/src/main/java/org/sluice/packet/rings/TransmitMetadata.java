// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;

/**
 * What is asked of the interface for a packet that is sent, where the port was opened for that
 * ({@code xdp.tx-metadata}); by other ports it is passed over, and the packet leaves as it is. It
 * lies in the 24 bytes before the packet, so a frame has to have that much room before it when it
 * is handed over, and nobody may write there afterwards.
 *
 * <pre>
 * -24  what is asked for
 * -16  where the sum begins       -14  where it is put, from there on
 * </pre>
 */
public final class TransmitMetadata {
  /** Bytes before the packet. */
  public static final int LENGTH = 24;

  /** The flag of a frame that has metadata. */
  public static final int FLAG = 1 << 1;

  private static final long CHECKSUM = 1 << 1;

  private TransmitMetadata() {}

  /**
   * Has the checksum of the transport layer finished. The packet holds, where the checksum is put,
   * the sum over the pseudo header, not complemented.
   *
   * @param frame the first of the packet
   * @param begin where the sum begins, from the beginning of the packet: the header of UDP or TCP
   * @param at where it is put, from {@code begin} on: 6 for UDP, 16 for TCP
   * @return whether there was room; if not, nothing has changed
   * @throws IllegalArgumentException when the sum would be put outside of the frame
   */
  public static boolean checksum(FrameBatch batch, int frame, int begin, int at) {
    if (begin < 0 || at < 0 || begin > batch.length(frame) - 2 - at) {
      throw new IllegalArgumentException(
          "a checksum from byte %d on, put %d bytes behind, in a frame of %d"
              .formatted(begin, at, batch.length(frame)));
    }
    if (batch.headroom(frame) < LENGTH) {
      return false;
    }
    long metadata = batch.address(frame) - LENGTH;
    MemorySegment memory = batch.memory();
    memory.asSlice(metadata, LENGTH).fill((byte) 0);
    memory.set(JAVA_LONG_UNALIGNED, metadata, CHECKSUM);
    memory.set(JAVA_SHORT_UNALIGNED, metadata + 8, (short) begin);
    memory.set(JAVA_SHORT_UNALIGNED, metadata + 10, (short) at);
    batch.words()[2 * frame + 1] |= (long) FLAG << 32;
    return true;
  }

  /**
   * Whether the kernel will take what stands before a frame. It would refuse the frame again and
   * again, and none behind it would ever leave.
   */
  static boolean sound(MemorySegment memory, long address, int length) {
    long metadata = address - LENGTH;
    int begin = Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, metadata + 8));
    int at = Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, metadata + 10));
    return memory.get(JAVA_LONG_UNALIGNED, metadata) == CHECKSUM && begin + at + 2 <= length;
  }
}
