// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.net.InetAddress;
import java.nio.ByteBuffer;

/**
 * Addresses as two longs, as in {@link org.sluice.packet.api.DatagramBatch}: those of IPv4 are
 * mapped.
 */
public final class Ip {
  private static final long MAPPED = 0xffff_0000_0000L;

  private Ip() {}

  /** The second long of an address of IPv4; the first is 0. */
  public static long mapped(int four) {
    return MAPPED | (four & 0xffff_ffffL);
  }

  /** Whether the address is one of IPv4. */
  public static boolean four(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /** Whether the address stands for a group. */
  public static boolean multicast(long high, long low) {
    return four(high, low) ? (low >>> 28 & 0xf) == 0xe : high >>> 56 == 0xff;
  }

  /** The first eight bytes. */
  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  /** The last eight bytes. */
  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4
        ? mapped(ByteBuffer.wrap(bytes).getInt())
        : ByteBuffer.wrap(bytes).getLong(8);
  }
}
