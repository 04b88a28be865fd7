// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * A message of multicast listener discovery, versions 1 and 2 (RFC 2710, 9777). The length it is
 * wrapped with is that of the payload of IP.
 */
public final class Mld extends Header {
  public static final int SIZE = 8;
  public static final int QUERY = 130;
  public static final int REPORT_1 = 131;
  public static final int DONE = 132;
  public static final int REPORT_2 = 143;
  private static final int WITH_GROUP = 24;
  private static final int QUERY_2 = 28;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return refuse(Refusal.TRUNCATED);
    }
    int type = Wire.u8(memory, address);
    if (type == REPORT_2) {
      return GroupRecords.sound(
              16, memory, address + SIZE, address + length, Wire.u16(memory, address + 6))
          ? take(memory, address, length)
          : refuse(Refusal.LENGTH);
    }
    if (type != QUERY && type != REPORT_1 && type != DONE) {
      return refuse(Refusal.TYPE);
    }
    if (length < WITH_GROUP) {
      return refuse(Refusal.TRUNCATED);
    }
    boolean sound =
        type != QUERY
            || length == WITH_GROUP
            || (length >= QUERY_2 && 16 * Wire.u16(memory, address + 26) <= length - QUERY_2);
    return sound ? take(memory, address, length) : refuse(Refusal.LENGTH);
  }

  public int type() {
    return u8(0);
  }

  /** Which version the message is of; queries differ by their length. */
  public int version() {
    return type() == REPORT_2 || (type() == QUERY && length >= QUERY_2) ? 2 : 1;
  }

  /** Of a query: the most milliseconds until the answer. */
  public int delay() {
    int code = u16(4);
    return version() == 2 && code >= 0x8000
        ? ((code & 0xfff) | 0x1000) << ((code >>> 12 & 7) + 3)
        : code;
  }

  public int checksum() {
    return u16(2);
  }

  /** 0 in a query about all groups, and in a report of version 2. */
  public long groupHigh() {
    return type() == REPORT_2 ? 0 : u64(8);
  }

  public long groupLow() {
    return type() == REPORT_2 ? 0 : u64(16);
  }

  /** Of a query of version 2: how many sources it asks about. */
  public int sources() {
    return type() == QUERY && length >= QUERY_2 ? u16(26) : 0;
  }

  /**
   * Of a query of version 2.
   *
   * @throws IndexOutOfBoundsException when there is no such source
   */
  public long sourceHigh(int index) {
    return u64(QUERY_2 + 16 * java.util.Objects.checkIndex(index, sources()));
  }

  public long sourceLow(int index) {
    return u64(QUERY_2 + 8 + 16 * java.util.Objects.checkIndex(index, sources()));
  }

  /** Lays the walk on the records of a report of version 2; on nothing for others. */
  public void records(GroupRecords into) {
    into.begin(16, memory, at + SIZE, type() == REPORT_2 ? u16(6) : 0);
  }

  /** Whether the checksum is right. */
  public boolean verify(Ipv6 ip) {
    return Icmp6.right(this, ip);
  }

  /** Writes the checksum. */
  public void fill(Ipv6 ip) {
    Icmp6.fill(this, ip);
  }
}
