// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * The header of IPv6 with its extension headers (RFC 8200): hop-by-hop, routing, fragment,
 * authentication and destination options are walked through. Behind the header of a fragment that
 * is not the first nothing is read. Jumbograms are refused.
 */
public final class Ipv6 extends Header {
  public static final int SIZE = 40;

  /** The most extension headers that are walked through. */
  public static final int EXTENSIONS = 8;

  public static final int HOP_BY_HOP = 0;
  public static final int ROUTING = 43;
  public static final int FRAGMENT = 44;
  public static final int AUTHENTICATION = 51;
  public static final int NO_NEXT = 59;
  public static final int DESTINATION = 60;
  private static final int LEAST_EXTENSION = 8;

  private int protocol;
  private int headers;
  private int fragmentAt;
  private int alert;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    Refusal refusal = check(memory, address, length);
    if (refusal != Refusal.NONE) {
      return refuse(refusal);
    }
    int total = SIZE + Wire.u16(memory, address + 4);
    if (total > length) {
      return refuse(Refusal.TRUNCATED);
    }
    refusal = walk(memory, address, total);
    return refusal == Refusal.NONE ? take(memory, address, total) : refuse(refusal);
  }

  /** As {@link #wrap}, for the beginning of a packet that an error message quotes. */
  public Refusal wrapQuoted(MemorySegment memory, long address, int length) {
    Refusal refusal = check(memory, address, length);
    if (refusal != Refusal.NONE) {
      return refuse(refusal);
    }
    int there = Math.min(length, SIZE + Wire.u16(memory, address + 4));
    refusal = walk(memory, address, there);
    return refusal == Refusal.NONE ? take(memory, address, there) : refuse(refusal);
  }

  private static Refusal check(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return Refusal.TRUNCATED;
    }
    return Wire.u8(memory, address) >>> 4 == 6 ? Refusal.NONE : Refusal.VERSION;
  }

  private Refusal walk(MemorySegment memory, long address, int total) {
    int next = Wire.u8(memory, address + 6);
    int offset = SIZE;
    fragmentAt = 0;
    alert = -1;
    for (int i = 0; extension(next); i++) {
      if (i == EXTENSIONS || (next == HOP_BY_HOP && i > 0)) {
        return Refusal.CHAIN;
      }
      if (total - offset < LEAST_EXTENSION) {
        return Refusal.TRUNCATED;
      }
      int size = extensionLength(next, Wire.u8(memory, address + offset + 1));
      if (size > total - offset) {
        return Refusal.LENGTH;
      }
      if ((next == HOP_BY_HOP || next == DESTINATION)
          && !Options.sound(
              Options.Kind.SIX, memory, address + offset + 2, address + offset + size)) {
        return Refusal.OPTIONS;
      }
      if (next == HOP_BY_HOP) {
        alert = offset;
      }
      int following = Wire.u8(memory, address + offset);
      if (next == FRAGMENT) {
        if (fragmentAt != 0) {
          return Refusal.CHAIN;
        }
        fragmentAt = offset;
        if ((Wire.u16(memory, address + offset + 2) & 0xfff8) != 0) {
          offset += size;
          next = following;
          break;
        }
      }
      offset += size;
      next = following;
    }
    protocol = next;
    headers = offset;
    return Refusal.NONE;
  }

  /** Whether a header of this type is walked through. */
  public static boolean extension(int type) {
    return type == HOP_BY_HOP
        || type == ROUTING
        || type == FRAGMENT
        || type == AUTHENTICATION
        || type == DESTINATION;
  }

  /**
   * How long an extension header is, in bytes.
   *
   * @param units what its second byte says
   */
  static int extensionLength(int type, int units) {
    return switch (type) {
      case FRAGMENT -> LEAST_EXTENSION;
      case AUTHENTICATION -> 4 * (units + 2);
      default -> 8 * (units + 1);
    };
  }

  /**
   * Writes a header; there must be room for it.
   *
   * @param payloadLength of what follows
   */
  public static void write(
      MemorySegment memory,
      long address,
      int payloadLength,
      int next,
      int hops,
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow) {
    Wire.u32(memory, address, 0x6000_0000);
    Wire.u32(memory, address + 4, payloadLength << 16 | next << 8 | hops);
    Wire.u64(memory, address + 8, sourceHigh);
    Wire.u64(memory, address + 16, sourceLow);
    Wire.u64(memory, address + 24, destinationHigh);
    Wire.u64(memory, address + 32, destinationLow);
  }

  public int trafficClass() {
    return u32(0) >>> 20 & 0xff;
  }

  public int flowLabel() {
    return u32(0) & 0xf_ffff;
  }

  /** The type of the header that follows the first one, be it an extension. */
  public int next() {
    return u8(6);
  }

  /** What the extension headers lead to; of a later fragment, what its first header would be. */
  public int protocol() {
    return protocol;
  }

  /** In bytes, of this header and its extensions. */
  public int headerLength() {
    return headers;
  }

  /** What follows the extension headers. */
  public long payload() {
    return at + headers;
  }

  public int payloadLength() {
    return length - headers;
  }

  public int hops() {
    return u8(7);
  }

  public void hops(int hops) {
    u8(7, hops);
  }

  public long sourceHigh() {
    return u64(8);
  }

  public long sourceLow() {
    return u64(16);
  }

  public void source(long high, long low) {
    u64(8, high);
    u64(16, low);
  }

  public long destinationHigh() {
    return u64(24);
  }

  public long destinationLow() {
    return u64(32);
  }

  public void destination(long high, long low) {
    u64(24, high);
    u64(32, low);
  }

  /**
   * Whether this is only a part of a packet. One with a fragment header that is the whole is none.
   */
  public boolean fragment() {
    return fragmentAt != 0 && (u16(fragmentAt + 2) & 0xfff9) != 0;
  }

  public boolean moreFragments() {
    return fragmentAt != 0 && (u16(fragmentAt + 2) & 1) != 0;
  }

  /** In bytes, of this part in the whole. */
  public int fragmentOffset() {
    return fragmentAt == 0 ? 0 : u16(fragmentAt + 2) & 0xfff8;
  }

  /** Which fragments belong together; 0 without a fragment header. */
  public int identification() {
    return fragmentAt == 0 ? 0 : u32(fragmentAt + 4);
  }

  /** The bytes from the end of the fragment header on, and the type of what begins there. */
  int fragmentPart() {
    return fragmentAt + LEAST_EXTENSION;
  }

  int fragmentNext() {
    return u8(fragmentAt);
  }

  /** Lays the walk on the options of the hop-by-hop header; on nothing when there is none. */
  public void options(Options into) {
    int end = alert < 0 ? 0 : alert + extensionLength(HOP_BY_HOP, u8(alert + 1));
    into.begin(Options.Kind.SIX, memory, at + (alert < 0 ? 0 : alert + 2), at + end);
  }

  /** The sum of what the transport counts besides its own bytes. */
  public int pseudo(int protocol, int length) {
    return Checksum.pseudo6(
        sourceHigh(), sourceLow(), destinationHigh(), destinationLow(), protocol, length);
  }
}
