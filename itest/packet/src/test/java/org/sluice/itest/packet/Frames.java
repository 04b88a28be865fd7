// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Frames with UDP in them, built here byte by byte, so that nothing of the product is believed. */
final class Frames {
  private static final int UDP = 17;

  private Frames() {}

  /** A datagram in a frame, from port 7777, with right checksums. */
  static byte[] udp(
      long fromMac,
      long toMac,
      int vlan,
      InetAddress from,
      InetAddress to,
      int port,
      byte[] payload) {
    byte[] source = from.getAddress();
    byte[] destination = to.getAddress();
    boolean four = source.length == 4;
    int size = 14 + (vlan > 0 ? 4 : 0) + (four ? 20 : 40) + 8 + payload.length;
    ByteBuffer out = ByteBuffer.allocate(size);
    mac(out, toMac);
    mac(out, fromMac);
    if (vlan > 0) {
      out.putShort((short) 0x8100).putShort((short) vlan);
    }
    out.putShort((short) (four ? 0x0800 : 0x86dd));
    int ip = out.position();
    int length = 8 + payload.length;
    if (four) {
      out.putShort((short) 0x4500).putShort((short) (20 + length)).putInt(0);
      out.put((byte) 64).put((byte) UDP).putShort((short) 0).put(source).put(destination);
      out.putShort(ip + 10, (short) ~sum(0, Arrays.copyOfRange(out.array(), ip, ip + 20)));
    } else {
      out.putInt(0x60000000).putShort((short) length).put((byte) UDP).put((byte) 64);
      out.put(source).put(destination);
    }
    int at = out.position();
    out.putShort((short) 7777).putShort((short) port).putShort((short) length).putShort((short) 0);
    out.put(payload);
    int sum =
        sum(sum(sum(UDP + length, source), destination), Arrays.copyOfRange(out.array(), at, size));
    out.putShort(at + 6, (short) (sum == 0xffff ? 0xffff : ~sum));
    return out.array();
  }

  private static void mac(ByteBuffer out, long mac) {
    out.putShort((short) (mac >>> 32)).putInt((int) mac);
  }

  private static int sum(int begin, byte[] bytes) {
    int sum = begin;
    for (int i = 0; i < bytes.length; i += 2) {
      sum += (bytes[i] & 255) << 8 | (i + 1 < bytes.length ? bytes[i + 1] & 255 : 0);
      sum = (sum & 0xffff) + (sum >>> 16);
    }
    return sum;
  }
}
