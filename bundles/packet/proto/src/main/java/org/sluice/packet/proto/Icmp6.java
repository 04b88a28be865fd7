// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * A message of ICMPv6 (RFC 4443): an echo or an error, and the beginning of every other. For those
 * of neighbour discovery see {@link NeighbourDiscovery}, for those about groups {@link Mld}. The
 * length it is wrapped with is that of the payload of IP.
 */
public final class Icmp6 extends Header {
  public static final int SIZE = 8;
  public static final int UNREACHABLE = 1;
  public static final int TOO_BIG = 2;
  public static final int TIME_EXCEEDED = 3;
  public static final int PARAMETER_PROBLEM = 4;
  public static final int ECHO_REQUEST = 128;
  public static final int ECHO_REPLY = 129;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    return length < SIZE ? refuse(Refusal.TRUNCATED) : take(memory, address, length);
  }

  public int type() {
    return u8(0);
  }

  public void type(int type) {
    u8(0, type);
  }

  public int code() {
    return u8(1);
  }

  public void code(int code) {
    u8(1, code);
  }

  public int checksum() {
    return u16(2);
  }

  public int identifier() {
    return u16(4);
  }

  public void identifier(int identifier) {
    u16(4, identifier);
  }

  public int sequence() {
    return u16(6);
  }

  public void sequence(int sequence) {
    u16(6, sequence);
  }

  /** Of {@link #TOO_BIG}: how long a packet may be, as unsigned number. */
  public int mtu() {
    return u32(4);
  }

  public void mtu(int mtu) {
    u32(4, mtu);
  }

  /** Whether it tells of an error, and quotes the packet that caused it. */
  public boolean error() {
    return type() < 128;
  }

  /** Lays a view on the packet that an error quotes. */
  public Refusal quoted(Ipv6 into) {
    return into.wrapQuoted(memory, at + SIZE, length - SIZE);
  }

  public long payload() {
    return at + SIZE;
  }

  public int payloadLength() {
    return length - SIZE;
  }

  /** Whether the checksum is right. */
  public boolean verify(Ipv6 ip) {
    return right(this, ip);
  }

  /** Writes the checksum. */
  public void fill(Ipv6 ip) {
    fill(this, ip);
  }

  static boolean right(Header message, Ipv6 ip) {
    return Checksum.add(
            ip.pseudo(58, message.length), Checksum.sum(message.memory, message.at, message.length))
        == 0xffff;
  }

  static void fill(Header message, Ipv6 ip) {
    message.u16(2, 0);
    message.u16(
        2,
        Checksum.of(
            Checksum.add(
                ip.pseudo(58, message.length),
                Checksum.sum(message.memory, message.at, message.length))));
  }
}
