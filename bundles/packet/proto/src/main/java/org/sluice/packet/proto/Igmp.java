// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * A message of IGMP, versions 1 to 3 (RFC 1112, 2236, 9776). The length it is wrapped with is that
 * of the payload of IP.
 */
public final class Igmp extends Header {
  public static final int SIZE = 8;
  public static final int QUERY = 0x11;
  public static final int REPORT_1 = 0x12;
  public static final int REPORT_2 = 0x16;
  public static final int LEAVE = 0x17;
  public static final int REPORT_3 = 0x22;
  private static final int QUERY_3 = 12;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return refuse(Refusal.TRUNCATED);
    }
    int type = Wire.u8(memory, address);
    boolean sound =
        switch (type) {
          case QUERY ->
              length == SIZE
                  || (length >= QUERY_3 && 4 * Wire.u16(memory, address + 10) <= length - QUERY_3);
          case REPORT_3 ->
              GroupRecords.sound(
                  4, memory, address + SIZE, address + length, Wire.u16(memory, address + 6));
          default -> true;
        };
    if (!sound) {
      return refuse(Refusal.LENGTH);
    }
    return switch (type) {
      case QUERY, REPORT_1, REPORT_2, LEAVE, REPORT_3 -> take(memory, address, length);
      default -> refuse(Refusal.TYPE);
    };
  }

  /** Writes a message of version 1 or 2, without the checksum; there must be room for it. */
  public static void write(MemorySegment memory, long address, int type, int group) {
    Wire.u32(memory, address, type << 24);
    Wire.u32(memory, address + 4, group);
  }

  public int type() {
    return u8(0);
  }

  /** Which version the message is of; queries differ by their length and code. */
  public int version() {
    return switch (type()) {
      case QUERY -> length >= QUERY_3 ? 3 : u8(1) == 0 ? 1 : 2;
      case REPORT_1 -> 1;
      case REPORT_3 -> 3;
      default -> 2;
    };
  }

  /** Of a query: the most tenths of a second until the answer. */
  public int delay() {
    int code = u8(1);
    if (version() == 1) {
      return 100;
    }
    return version() == 3 && code >= 128 ? ((code & 0xf) | 0x10) << ((code >>> 4 & 7) + 3) : code;
  }

  public int checksum() {
    return u16(2);
  }

  /** 0 in a query about all groups, and in a report of version 3. */
  public int group() {
    return type() == REPORT_3 ? 0 : u32(4);
  }

  /** Of a query of version 3: how many sources it asks about. */
  public int sources() {
    return type() == QUERY && length >= QUERY_3 ? u16(10) : 0;
  }

  /**
   * Of a query of version 3.
   *
   * @throws IndexOutOfBoundsException when there is no such source
   */
  public int source(int index) {
    return u32(QUERY_3 + 4 * java.util.Objects.checkIndex(index, sources()));
  }

  /** Lays the walk on the records of a report of version 3; on nothing for others. */
  public void records(GroupRecords into) {
    into.begin(4, memory, at + SIZE, type() == REPORT_3 ? u16(6) : 0);
  }

  /** Whether the checksum is right. */
  public boolean verify() {
    return Checksum.of(memory, at, length) == 0;
  }

  /** Writes the checksum. */
  public void fill() {
    u16(2, 0);
    u16(2, Checksum.of(memory, at, length));
  }
}
