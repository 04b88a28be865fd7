// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The structures in which the kernel takes and gives addresses: {@code struct sockaddr_in} and
 * {@code sockaddr_in6}, and the control messages that carry {@code struct in_pktinfo} and {@code
 * in6_pktinfo}.
 */
public final class Wire {
  /** Room for the address of either family. */
  public static final int NAME = 32;

  /** Room for the one control message that comes with a datagram. */
  public static final int CONTROL = 40;

  static final int AF_INET = 2;
  static final int AF_INET6 = 10;
  static final int SOL_IP = 0;
  static final int SOL_IPV6 = 41;
  static final int IP_PKTINFO = 8;
  static final int IPV6_PKTINFO = 50;

  private static final int NAME_4 = 16;
  private static final int NAME_6 = 28;
  private static final int CONTROL_HEADER = 16;
  private static final int CONTROL_4 = CONTROL_HEADER + 12;
  private static final int CONTROL_6 = CONTROL_HEADER + 20;
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final long FOUR = 0xffff_ffffL;
  private static final ValueLayout.OfShort PORT =
      JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private Wire() {}

  /** Whether the two longs are an address of IPv4. */
  public static boolean four(long high, long low) {
    return high == 0 && low >>> 32 == 0xffff;
  }

  /** Whether the two longs are the address of a group. */
  public static boolean multicast(long high, long low) {
    return high >>> 56 == 0xff || (four(high, low) && (low & 0xf000_0000L) == 0xe000_0000L);
  }

  public static long high(InetAddress address) {
    byte[] bytes = address.getAddress();
    return bytes.length == 4 ? 0 : ByteBuffer.wrap(bytes).getLong();
  }

  public static long low(InetAddress address) {
    byte[] bytes = address.getAddress();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    return bytes.length == 4 ? MAPPED | (in.getInt() & FOUR) : in.getLong(8);
  }

  /** The first half of the address in a name. */
  public static long high(MemorySegment in, long name, boolean six) {
    return six ? in.get(LONG, name + 8) : 0;
  }

  public static long low(MemorySegment in, long name, boolean six) {
    return six ? in.get(LONG, name + 16) : MAPPED | (in.get(INT, name + 4) & FOUR);
  }

  public static int port(MemorySegment in, long name) {
    return in.get(PORT, name + 2) & 0xffff;
  }

  /** Whether a control message of this length tells where a datagram came to. */
  public static boolean located(MemorySegment in, long control, long length, boolean six) {
    return six
        ? length >= CONTROL_6
            && in.get(JAVA_INT_UNALIGNED, control + 8) == SOL_IPV6
            && in.get(JAVA_INT_UNALIGNED, control + 12) == IPV6_PKTINFO
        : length >= CONTROL_4
            && in.get(JAVA_INT_UNALIGNED, control + 8) == SOL_IP
            && in.get(JAVA_INT_UNALIGNED, control + 12) == IP_PKTINFO;
  }

  public static long localHigh(MemorySegment in, long control, boolean six) {
    return six ? in.get(LONG, control + CONTROL_HEADER) : 0;
  }

  /**
   * The address that a datagram came to: the group for multicast, else one of this host, even when
   * it was sent to all.
   */
  public static long localLow(MemorySegment in, long control, boolean six) {
    if (six) {
      return in.get(LONG, control + CONTROL_HEADER + 8);
    }
    int to = in.get(INT, control + CONTROL_HEADER + 8);
    int own = in.get(INT, control + CONTROL_HEADER + 4);
    return MAPPED | (((to & 0xf000_0000) == 0xe000_0000 ? to : own) & FOUR);
  }

  public static int link(MemorySegment in, long control, boolean six) {
    return in.get(JAVA_INT_UNALIGNED, control + CONTROL_HEADER + (six ? 16 : 0));
  }

  /** How long a name is for a socket of this family. */
  public static int nameLength(boolean six) {
    return six ? NAME_6 : NAME_4;
  }

  /** How long the control message is that says where a datagram leaves from, with its padding. */
  public static int controlLength(boolean six) {
    return six ? CONTROL : 32;
  }

  /** Writes what never changes in a name and in the control message of a datagram to be sent. */
  public static void prepare(MemorySegment in, long name, long control, boolean six) {
    in.set(JAVA_SHORT_UNALIGNED, name, (short) (six ? AF_INET6 : AF_INET));
    in.set(JAVA_LONG_UNALIGNED, control, six ? CONTROL_6 : CONTROL_4);
    in.set(JAVA_INT_UNALIGNED, control + 8, six ? SOL_IPV6 : SOL_IP);
    in.set(JAVA_INT_UNALIGNED, control + 12, six ? IPV6_PKTINFO : IP_PKTINFO);
  }

  /** Writes the receiver into a name that was prepared. */
  public static void to(
      MemorySegment in, long name, boolean six, long high, long low, int port, int link) {
    in.set(PORT, name + 2, (short) port);
    if (six) {
      in.set(LONG, name + 8, high);
      in.set(LONG, name + 16, low);
      // Heeded where the address means nothing without a link, and only there.
      in.set(JAVA_INT_UNALIGNED, name + 24, link);
    } else {
      in.set(INT, name + 4, (int) low);
    }
  }

  /** Writes the sender into a control message that was prepared. */
  public static void from(
      MemorySegment in, long control, boolean six, long high, long low, int link) {
    if (six) {
      in.set(LONG, control + CONTROL_HEADER, high);
      in.set(LONG, control + CONTROL_HEADER + 8, low);
      in.set(JAVA_INT_UNALIGNED, control + CONTROL_HEADER + 16, link);
    } else {
      in.set(JAVA_INT_UNALIGNED, control + CONTROL_HEADER, link);
      in.set(INT, control + CONTROL_HEADER + 4, (int) low);
    }
  }

  /** Writes a whole name; the scope is the index of a link, or 0. */
  static void name(
      MemorySegment in, long at, InetAddress address, int port, boolean six, int scope) {
    in.set(JAVA_SHORT_UNALIGNED, at, (short) (six ? AF_INET6 : AF_INET));
    to(in, at, six, high(address), low(address), port, scope);
  }

  static InetSocketAddress address(MemorySegment in, long name, boolean six) {
    byte[] bytes =
        six
            ? ByteBuffer.allocate(16)
                .putLong(high(in, name, true))
                .putLong(low(in, name, true))
                .array()
            : ByteBuffer.allocate(4).putInt((int) low(in, name, false)).array();
    try {
      return new InetSocketAddress(InetAddress.getByAddress(bytes), port(in, name));
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length of an address is always right", e);
    }
  }
}
