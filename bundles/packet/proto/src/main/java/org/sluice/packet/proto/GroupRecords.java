// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * Walks through the records of a report of IGMPv3 or MLDv2. The message that they belong to has
 * checked them.
 */
public final class GroupRecords {
  public static final int IS_INCLUDE = 1;
  public static final int IS_EXCLUDE = 2;
  public static final int TO_INCLUDE = 3;
  public static final int TO_EXCLUDE = 4;
  public static final int ALLOW = 5;
  public static final int BLOCK = 6;
  private static final int FIXED = 4;

  private MemorySegment memory = MemorySegment.NULL;
  private int addressLength;
  private long next;
  private int left;
  private long at;
  private int sources;

  void begin(int addressLength, MemorySegment memory, long address, int count) {
    this.addressLength = addressLength;
    this.memory = memory;
    next = address;
    left = count;
    sources = 0;
  }

  /** Goes to the next record; false at the end. */
  public boolean next() {
    if (left == 0) {
      return false;
    }
    left--;
    at = next;
    sources = Wire.u16(memory, at + 2);
    next += size(addressLength, memory, at);
    return true;
  }

  /** {@link #IS_INCLUDE} and so on. */
  public int type() {
    return Wire.u8(memory, at);
  }

  /** The first half of the group; 0 for one of IPv4. */
  public long groupHigh() {
    return high(at + FIXED);
  }

  /** The second half of the group; one of IPv4 is mapped. */
  public long groupLow() {
    return low(at + FIXED);
  }

  public int sources() {
    return sources;
  }

  /**
   * Of a source.
   *
   * @throws IndexOutOfBoundsException when there is no such source
   */
  public long sourceHigh(int index) {
    return high(source(index));
  }

  public long sourceLow(int index) {
    return low(source(index));
  }

  private long source(int index) {
    return at + FIXED + (long) addressLength * (1 + Objects.checkIndex(index, sources));
  }

  private long high(long address) {
    return addressLength == 4 ? 0 : Wire.u64(memory, address);
  }

  private long low(long address) {
    return addressLength == 4
        ? Ip.mapped(Wire.u32(memory, address))
        : Wire.u64(memory, address + 8);
  }

  private static int size(int addressLength, MemorySegment memory, long at) {
    return FIXED + addressLength * (1 + Wire.u16(memory, at + 2)) + 4 * Wire.u8(memory, at + 1);
  }

  /** Whether so many records have their place between the two addresses. */
  static boolean sound(int addressLength, MemorySegment memory, long address, long end, int count) {
    long next = address;
    for (int i = 0; i < count; i++) {
      if (end - next < FIXED + addressLength) {
        return false;
      }
      next += size(addressLength, memory, next);
      if (next > end) {
        return false;
      }
    }
    return true;
  }
}
