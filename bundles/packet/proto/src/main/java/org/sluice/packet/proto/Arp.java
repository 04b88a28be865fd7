// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** Address resolution of IPv4 on Ethernet (RFC 826). */
public final class Arp extends Header {
  public static final int SIZE = 28;
  public static final int REQUEST = 1;
  public static final int REPLY = 2;
  private static final long KIND = 0x0001_0800_0604L;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return refuse(Refusal.TRUNCATED);
    }
    return Wire.u48(memory, address) == KIND ? take(memory, address, SIZE) : refuse(Refusal.TYPE);
  }

  /** Writes a message; there must be room for it. */
  public static void write(
      MemorySegment memory,
      long address,
      int operation,
      long senderMac,
      int sender,
      long targetMac,
      int target) {
    Wire.u48(memory, address, KIND);
    Wire.u16(memory, address + 6, operation);
    Wire.u48(memory, address + 8, senderMac);
    Wire.u32(memory, address + 14, sender);
    Wire.u48(memory, address + 18, targetMac);
    Wire.u32(memory, address + 24, target);
  }

  public int operation() {
    return u16(6);
  }

  public long senderMac() {
    return u48(8);
  }

  public int sender() {
    return u32(14);
  }

  public long targetMac() {
    return u48(18);
  }

  public int target() {
    return u32(24);
  }
}
