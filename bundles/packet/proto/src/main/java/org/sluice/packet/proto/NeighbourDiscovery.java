// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * A message of neighbour discovery (RFC 4861), with options. What a type does not have is 0. The
 * length it is wrapped with is that of the payload of IP.
 */
public final class NeighbourDiscovery extends Header {
  public static final int ROUTER_SOLICITATION = 133;
  public static final int ROUTER_ADVERTISEMENT = 134;
  public static final int SOLICITATION = 135;
  public static final int ADVERTISEMENT = 136;
  public static final int REDIRECT = 137;

  /** How long a solicitation and an advertisement are, without options. */
  public static final int SIZE = 24;

  public static final int ROUTER = 0x80;
  public static final int SOLICITED = 0x40;
  public static final int OVERRIDE = 0x20;

  /** The option with the address of the sender, and with that of the target. */
  public static final int SOURCE_MAC = 1;

  public static final int TARGET_MAC = 2;
  public static final int PREFIX = 3;
  public static final int MTU = 5;
  private static final int MAC_LENGTH = 6;

  private final Options options = new Options();

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < 8) {
      return refuse(Refusal.TRUNCATED);
    }
    int fixed = fixed(Wire.u8(memory, address));
    if (fixed == 0) {
      return refuse(Refusal.TYPE);
    }
    if (fixed > length) {
      return refuse(Refusal.TRUNCATED);
    }
    if (Wire.u8(memory, address + 1) != 0) {
      return refuse(Refusal.VALUE);
    }
    if (!Options.sound(Options.Kind.NEIGHBOUR, memory, address + fixed, address + length)) {
      return refuse(Refusal.OPTIONS);
    }
    return take(memory, address, length);
  }

  private static int fixed(int type) {
    return switch (type) {
      case ROUTER_SOLICITATION -> 8;
      case ROUTER_ADVERTISEMENT -> 16;
      case SOLICITATION, ADVERTISEMENT -> SIZE;
      case REDIRECT -> 40;
      default -> 0;
    };
  }

  /**
   * Writes a solicitation or an advertisement with one option, 32 bytes without the checksum; there
   * must be room for it.
   *
   * @param flags {@link #ROUTER} and the others, added up
   */
  public static void write(
      MemorySegment memory,
      long address,
      int type,
      int flags,
      long targetHigh,
      long targetLow,
      int option,
      long mac) {
    Wire.u32(memory, address, type << 24);
    Wire.u32(memory, address + 4, flags << 24);
    Wire.u64(memory, address + 8, targetHigh);
    Wire.u64(memory, address + 16, targetLow);
    Wire.u16(memory, address + 24, option << 8 | 1);
    Wire.u48(memory, address + 26, mac);
  }

  public int type() {
    return u8(0);
  }

  public int checksum() {
    return u16(2);
  }

  /** Of an advertisement: {@link #ROUTER} and the others, added up. */
  public int flags() {
    return type() == ADVERTISEMENT ? u8(4) : 0;
  }

  /** Of solicitation, advertisement and redirect. */
  public long targetHigh() {
    return type() >= SOLICITATION ? u64(8) : 0;
  }

  public long targetLow() {
    return type() >= SOLICITATION ? u64(16) : 0;
  }

  /** Lays the walk on the options. */
  public void options(Options into) {
    into.begin(Options.Kind.NEIGHBOUR, memory, at + fixed(type()), at + length);
  }

  /**
   * The address of Ethernet that an option holds.
   *
   * @param option {@link #SOURCE_MAC} or {@link #TARGET_MAC}
   * @return -1 when there is no such option
   */
  public long mac(int option) {
    options(options);
    while (options.next()) {
      if (options.type() == option && options.length() == MAC_LENGTH) {
        return Wire.u48(memory, options.address());
      }
    }
    return -1;
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
