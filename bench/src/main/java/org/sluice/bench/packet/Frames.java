// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.HexFormat;

/** The frames that are moved: 60 bytes, as in {@code packets.h}. */
final class Frames {
  static final int UDP_PORT = 9000;
  static final int FAR_PORT = 12345;
  static final String NEAR = "10.99.0.2";
  static final String FAR = "10.99.0.1";
  static final String NEAR_MAC = "02:00:00:00:00:0b";
  static final String FAR_MAC = "02:00:00:00:00:0a";
  private static final int ETHERNET = 14;
  private static final int IP = 20;
  private static final long MAC = 0xffff_ffff_ffffL;

  private Frames() {}

  /** From the near end to the far one; UDP without a checksum. */
  static byte[] outgoing() {
    ByteBuffer frame = ByteBuffer.allocate(60);
    HexFormat hex = HexFormat.ofDelimiter(":");
    frame.put(hex.parseHex(FAR_MAC)).put(hex.parseHex(NEAR_MAC)).putShort((short) 0x0800);
    frame.put((byte) 0x45).put((byte) 0).putShort((short) 46).putInt(0);
    frame.put((byte) 64).put((byte) 17).putShort((short) 0);
    frame.put(new byte[] {10, 99, 0, 2, 10, 99, 0, 1});
    frame.putShort((short) UDP_PORT).putShort((short) FAR_PORT).putShort((short) 26);
    int sum = 0;
    for (int i = ETHERNET; i < ETHERNET + IP; i += 2) {
      sum += frame.getShort(i) & 0xffff;
    }
    sum = (sum & 0xffff) + (sum >>> 16);
    frame.putShort(ETHERNET + 10, (short) ~((sum & 0xffff) + (sum >>> 16)));
    return frame.array();
  }

  /** Swaps the addresses of Ethernet and IP, and the ports. */
  static void turn(MemorySegment memory, long at) {
    long low = memory.get(JAVA_LONG_UNALIGNED, at);
    int high = memory.get(JAVA_INT_UNALIGNED, at + 8);
    long to = low & MAC;
    long from = low >>> 48 | (high & 0xffff_ffffL) << 16;
    memory.set(JAVA_LONG_UNALIGNED, at, from | to << 48);
    memory.set(JAVA_INT_UNALIGNED, at + 8, (int) (to >>> 16));
    long addresses = memory.get(JAVA_LONG_UNALIGNED, at + 26);
    memory.set(JAVA_LONG_UNALIGNED, at + 26, addresses >>> 32 | addresses << 32);
    int ports = memory.get(JAVA_INT_UNALIGNED, at + 34);
    memory.set(JAVA_INT_UNALIGNED, at + 34, ports >>> 16 | ports << 16);
  }
}
