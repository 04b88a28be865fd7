// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** A message of ICMP (RFC 792). The length it is wrapped with is that of the payload of IP. */
public final class Icmp extends Header {
  public static final int SIZE = 8;
  public static final int ECHO_REPLY = 0;
  public static final int UNREACHABLE = 3;
  public static final int REDIRECT = 5;
  public static final int ECHO_REQUEST = 8;
  public static final int TIME_EXCEEDED = 11;
  public static final int PARAMETER_PROBLEM = 12;

  /** The code of {@link #UNREACHABLE} that says that the packet was too long. */
  public static final int FRAGMENTATION_NEEDED = 4;

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

  /** Of an echo: who asks. */
  public int identifier() {
    return u16(4);
  }

  public void identifier(int identifier) {
    u16(4, identifier);
  }

  /** Of an echo: the number of the question. */
  public int sequence() {
    return u16(6);
  }

  public void sequence(int sequence) {
    u16(6, sequence);
  }

  /** Of {@link #FRAGMENTATION_NEEDED}: how long a packet may be; 0 from old routers. */
  public int mtu() {
    return u16(6);
  }

  public void mtu(int mtu) {
    u16(6, mtu);
  }

  /** Whether it tells of an error, and quotes the packet that caused it. */
  public boolean error() {
    int type = type();
    return type == UNREACHABLE
        || type == REDIRECT
        || type == TIME_EXCEEDED
        || type == PARAMETER_PROBLEM;
  }

  /** Lays a view on the packet that an error quotes. */
  public Refusal quoted(Ipv4 into) {
    return into.wrapQuoted(memory, at + SIZE, length - SIZE);
  }

  public long payload() {
    return at + SIZE;
  }

  public int payloadLength() {
    return length - SIZE;
  }

  /** Whether the checksum is right. */
  public boolean verify() {
    return Checksum.of(memory, at, length) == 0;
  }

  /** Writes the checksum. */
  public void fill() {
    u16(2, 0);
    u16(2, Checksum.of(memory, at, length));
  }
}
