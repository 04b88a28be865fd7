// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** The header of IPv4 (RFC 791). What follows the packet in the frame does not belong to it. */
public final class Ipv4 extends Header {
  public static final int SIZE = 20;
  public static final int DONT_FRAGMENT = 0x4000;
  private static final int MORE_FRAGMENTS = 0x2000;
  private static final int VERSION = 0x40;

  private int headerLength;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    Refusal refusal = check(memory, address, length);
    if (refusal != Refusal.NONE) {
      return refuse(refusal);
    }
    int total = Wire.u16(memory, address + 2);
    return total > length ? refuse(Refusal.TRUNCATED) : take(memory, address, total);
  }

  /** As {@link #wrap}, for the beginning of a packet that an error message quotes. */
  public Refusal wrapQuoted(MemorySegment memory, long address, int length) {
    Refusal refusal = check(memory, address, length);
    return refusal == Refusal.NONE
        ? take(memory, address, Math.min(length, Wire.u16(memory, address + 2)))
        : refuse(refusal);
  }

  private Refusal check(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return Refusal.TRUNCATED;
    }
    int first = Wire.u8(memory, address);
    if ((first & 0xf0) != VERSION) {
      return Refusal.VERSION;
    }
    int header = 4 * (first & 0xf);
    if (header < SIZE) {
      return Refusal.HEADER_LENGTH;
    }
    if (header > length) {
      return Refusal.TRUNCATED;
    }
    if (Wire.u16(memory, address + 2) < header) {
      return Refusal.LENGTH;
    }
    headerLength = header;
    return header == SIZE
            || Options.sound(Options.Kind.CLASSIC, memory, address + SIZE, address + header)
        ? Refusal.NONE
        : Refusal.OPTIONS;
  }

  /**
   * Writes a header without options, complete with its checksum; there must be room for it.
   *
   * @param length of the whole packet
   * @param flags {@link #DONT_FRAGMENT} or 0
   */
  public static void write(
      MemorySegment memory,
      long address,
      int length,
      int identification,
      int flags,
      int hops,
      int protocol,
      int source,
      int destination) {
    Wire.u32(memory, address, (VERSION | 5) << 24 | length);
    Wire.u32(memory, address + 4, identification << 16 | flags);
    Wire.u32(memory, address + 8, hops << 24 | protocol << 16);
    Wire.u32(memory, address + 12, source);
    Wire.u32(memory, address + 16, destination);
    Wire.u16(memory, address + 10, Checksum.of(memory, address, SIZE));
  }

  /** In bytes, with options. */
  public int headerLength() {
    return headerLength;
  }

  /** In bytes, of header and payload, as the header says. */
  public int totalLength() {
    return u16(2);
  }

  public long payload() {
    return at + headerLength;
  }

  public int payloadLength() {
    return length - headerLength;
  }

  public int trafficClass() {
    return u8(1);
  }

  public int identification() {
    return u16(4);
  }

  public void identification(int identification) {
    u16(4, identification);
  }

  public boolean dontFragment() {
    return (u16(6) & DONT_FRAGMENT) != 0;
  }

  /** Whether this is only a part of a packet. */
  public boolean fragment() {
    return (u16(6) & (MORE_FRAGMENTS | 0x1fff)) != 0;
  }

  public boolean moreFragments() {
    return (u16(6) & MORE_FRAGMENTS) != 0;
  }

  /** In bytes, of this part in the payload of the whole. */
  public int fragmentOffset() {
    return 8 * (u16(6) & 0x1fff);
  }

  /** How many routers it may still pass. */
  public int hops() {
    return u8(8);
  }

  /** Changes the number of routers, and the checksum with it. */
  public void hops(int hops) {
    int from = u16(8);
    u8(8, hops);
    u16(10, Checksum.changed(u16(10), from, u16(8)));
  }

  public int protocol() {
    return u8(9);
  }

  public int checksum() {
    return u16(10);
  }

  public void checksum(int checksum) {
    u16(10, checksum);
  }

  public int source() {
    return u32(12);
  }

  public void source(int address) {
    u32(12, address);
  }

  public int destination() {
    return u32(16);
  }

  public void destination(int address) {
    u32(16, address);
  }

  /** Lays the walk on the options. */
  public void options(Options into) {
    into.begin(Options.Kind.CLASSIC, memory, at + SIZE, at + headerLength);
  }

  /** Whether the checksum of the header is right. */
  public boolean verify() {
    return Checksum.of(memory, at, headerLength) == 0;
  }

  /** Writes the checksum of the header. */
  public void fill() {
    u16(10, 0);
    u16(10, Checksum.of(memory, at, headerLength));
  }

  /** The sum of what the transport counts besides its own bytes. */
  public int pseudo(int protocol, int length) {
    return Checksum.pseudo4(source(), destination(), protocol, length);
  }
}
