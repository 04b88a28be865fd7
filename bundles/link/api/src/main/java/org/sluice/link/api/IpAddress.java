// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/**
 * An IPv4 or IPv6 address without a zone. Unlike {@link InetAddress} it never asks a name server,
 * keeps an IPv4-mapped IPv6 address what it is, has an order and prints as people write it (RFC
 * 5952).
 */
public final class IpAddress implements Comparable<IpAddress> {
  private final boolean six;
  private final long high;
  private final long low;

  private IpAddress(boolean six, long high, long low) {
    this.six = six;
    this.high = high;
    this.low = low;
  }

  /**
   * @param bytes 4 or 16 in network order
   */
  public static IpAddress of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return switch (bytes.length) {
      case 4 -> new IpAddress(false, 0, Integer.toUnsignedLong(in.getInt()));
      case 16 -> new IpAddress(true, in.getLong(), in.getLong());
      default ->
          throw new IllegalArgumentException(
              "an IP address has 4 or 16 bytes, not " + bytes.length);
    };
  }

  /** The address that is written as {@code text}; never a name. */
  public static IpAddress parse(String text) {
    byte[] bytes = InetAddress.ofLiteral(text).getAddress();
    boolean mapped = bytes.length == 4 && text.indexOf(':') >= 0;
    return mapped ? new IpAddress(true, 0, 0xffff_0000_0000L | of(bytes).low) : of(bytes);
  }

  /** {@code 0.0.0.0} or {@code ::}. */
  public static IpAddress any(boolean six) {
    return new IpAddress(six, 0, 0);
  }

  public boolean six() {
    return six;
  }

  /** 32 or 128. */
  public int bits() {
    return six ? 128 : 32;
  }

  public boolean linkLocal() {
    return six ? high >>> 54 == 0xfe80 >>> 6 : low >>> 16 == 0xa9fe;
  }

  public boolean loopback() {
    return six ? high == 0 && low == 1 : low >>> 24 == 127;
  }

  public boolean multicast() {
    return six ? high >>> 56 == 0xff : low >>> 28 == 0xe;
  }

  /** In network order. */
  public byte[] bytes() {
    return six
        ? ByteBuffer.allocate(16).putLong(high).putLong(low).array()
        : ByteBuffer.allocate(4).putInt((int) low).array();
  }

  public InetAddress toInetAddress() {
    try {
      return six
          ? java.net.Inet6Address.getByAddress(null, bytes(), -1)
          : InetAddress.getByAddress(bytes());
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length of an address is always right", e);
    }
  }

  /** This address with all bits behind the first {@code length} cleared. */
  IpAddress masked(int length) {
    if (!six) {
      return new IpAddress(false, 0, length == 0 ? 0 : low & (-1L << (32 - length)));
    }
    long highMask = length == 0 ? 0 : -1L << (64 - Math.min(64, length));
    long lowMask = length <= 64 ? 0 : -1L << (128 - length);
    return new IpAddress(true, high & highMask, low & lowMask);
  }

  @Override
  public int compareTo(IpAddress other) {
    int byFamily = Boolean.compare(six, other.six);
    int byHigh = byFamily != 0 ? byFamily : Long.compareUnsigned(high, other.high);
    return byHigh != 0 ? byHigh : Long.compareUnsigned(low, other.low);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpAddress that
        && six == that.six
        && high == that.high
        && low == that.low;
  }

  @Override
  public int hashCode() {
    return Long.hashCode(high * 31 + low) + (six ? 1 : 0);
  }

  @Override
  public String toString() {
    if (!six) {
      return dotted(low);
    }
    if (high == 0 && low >>> 32 == 0xffff) {
      return "::ffff:" + dotted(low);
    }
    int gap = -1;
    int gapLength = 1;
    for (int i = 0; i < 8; i++) {
      int run = 0;
      while (i + run < 8 && group(i + run) == 0) {
        run++;
      }
      if (run > gapLength) {
        gap = i;
        gapLength = run;
      }
      i += run;
    }
    StringBuilder out = new StringBuilder(39);
    for (int i = 0; i < 8; i++) {
      if (i == gap) {
        out.append("::");
        i += gapLength - 1;
      } else {
        if (i > 0 && out.charAt(out.length() - 1) != ':') {
          out.append(':');
        }
        out.append(Integer.toHexString(group(i)));
      }
    }
    return out.toString();
  }

  private int group(int index) {
    long half = index < 4 ? high : low;
    return (int) (half >>> (48 - (index & 3) * 16)) & 0xffff;
  }

  private static String dotted(long four) {
    return (four >> 24 & 255)
        + "."
        + (four >> 16 & 255)
        + "."
        + (four >> 8 & 255)
        + "."
        + (four & 255);
  }

  /** A hardware address as people write it: {@code 52:54:00:12:34:56}; empty for none. */
  public static String mac(byte[] bytes) {
    return HexFormat.ofDelimiter(":").formatHex(bytes);
  }
}
