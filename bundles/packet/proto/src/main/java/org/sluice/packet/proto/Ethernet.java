// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** The header of a frame: two addresses of 48 bits, and a type. */
public final class Ethernet extends Header {
  public static final int SIZE = 14;
  public static final int IPV4 = 0x0800;
  public static final int ARP = 0x0806;
  public static final int VLAN = 0x8100;
  public static final int PROVIDER_VLAN = 0x88a8;
  public static final int IPV6 = 0x86dd;

  /** The address that means every station. */
  public static final long BROADCAST = 0xffff_ffff_ffffL;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    return length < SIZE ? refuse(Refusal.TRUNCATED) : take(memory, address, length);
  }

  /** Writes a header; there must be room for it. */
  public static void write(
      MemorySegment memory, long address, long destination, long source, int type) {
    Wire.u48(memory, address, destination);
    Wire.u48(memory, address + 6, source);
    Wire.u16(memory, address + 12, type);
  }

  public long destination() {
    return u48(0);
  }

  public void destination(long mac) {
    u48(0, mac);
  }

  public long source() {
    return u48(6);
  }

  public void source(long mac) {
    u48(6, mac);
  }

  /** What follows the addresses: a type, or below 0x0600 a length. */
  public int type() {
    return u16(12);
  }

  public void type(int type) {
    u16(12, type);
  }

  /** Whether the address stands for a group, as that of all does. */
  public static boolean group(long mac) {
    return (mac & 0x0100_0000_0000L) != 0;
  }

  /** The address to which packets to a group of IPv4 go (RFC 1112). */
  public static long group4(int group) {
    return 0x0100_5e00_0000L | (group & 0x7f_ffff);
  }

  /**
   * The address to which packets to a group of IPv6 go (RFC 2464).
   *
   * @param low the last eight bytes of the group
   */
  public static long group6(long low) {
    return 0x3333_0000_0000L | (low & 0xffff_ffffL);
  }

  /** Reads {@code 02:00:5e:10:00:01}. */
  public static long mac(String text) {
    String[] parts = text.split(":", -1);
    long mac = 0;
    for (String part : parts) {
      if (parts.length != 6 || !part.matches("[0-9a-fA-F]{1,2}")) {
        throw new IllegalArgumentException(
            "'" + text + "' is no address of Ethernet; one looks like 02:00:5e:10:00:01");
      }
      mac = mac << 8 | Integer.parseInt(part, 16);
    }
    return mac;
  }

  /** An address as people write it. */
  public static String text(long mac) {
    StringBuilder text = new StringBuilder(17);
    for (int shift = 40; shift >= 0; shift -= 8) {
      text.append(Character.forDigit((int) (mac >>> (shift + 4)) & 0xf, 16))
          .append(Character.forDigit((int) (mac >>> shift) & 0xf, 16))
          .append(shift == 0 ? "" : ":");
    }
    return text.toString();
  }
}
