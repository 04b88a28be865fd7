// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Numbers as they stand on the wire: in network order, at any address. */
final class Wire {
  private static final ValueLayout.OfShort SHORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Wire() {}

  static int u8(MemorySegment memory, long at) {
    return memory.get(JAVA_BYTE, at) & 0xff;
  }

  static int u16(MemorySegment memory, long at) {
    return memory.get(SHORT, at) & 0xffff;
  }

  static int u32(MemorySegment memory, long at) {
    return memory.get(INT, at);
  }

  static long u48(MemorySegment memory, long at) {
    return ((long) u16(memory, at) << 32) | (u32(memory, at + 2) & 0xffff_ffffL);
  }

  static long u64(MemorySegment memory, long at) {
    return memory.get(LONG, at);
  }

  static void u8(MemorySegment memory, long at, int value) {
    memory.set(JAVA_BYTE, at, (byte) value);
  }

  static void u16(MemorySegment memory, long at, int value) {
    memory.set(SHORT, at, (short) value);
  }

  static void u32(MemorySegment memory, long at, int value) {
    memory.set(INT, at, value);
  }

  static void u48(MemorySegment memory, long at, long value) {
    u16(memory, at, (int) (value >>> 32));
    u32(memory, at + 2, (int) value);
  }

  static void u64(MemorySegment memory, long at, long value) {
    memory.set(LONG, at, value);
  }
}
