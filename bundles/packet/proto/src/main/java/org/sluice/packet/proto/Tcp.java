// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** The header of TCP (RFC 9293). The length it is wrapped with is that of the payload of IP. */
public final class Tcp extends Header {
  public static final int SIZE = 20;
  public static final int FIN = 1;
  public static final int SYN = 2;
  public static final int RST = 4;
  public static final int PSH = 8;
  public static final int ACK = 16;
  public static final int URG = 32;
  public static final int ECE = 64;
  public static final int CWR = 128;

  private int headerLength;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return refuse(Refusal.TRUNCATED);
    }
    headerLength = 4 * (Wire.u8(memory, address + 12) >>> 4);
    if (headerLength < SIZE) {
      return refuse(Refusal.HEADER_LENGTH);
    }
    if (headerLength > length) {
      return refuse(Refusal.LENGTH);
    }
    if (!Options.sound(Options.Kind.CLASSIC, memory, address + SIZE, address + headerLength)) {
      return refuse(Refusal.OPTIONS);
    }
    return take(memory, address, length);
  }

  /** Writes a header without options and checksum; there must be room for it. */
  public static void write(
      MemorySegment memory,
      long address,
      int sourcePort,
      int destinationPort,
      int sequence,
      int acknowledgement,
      int flags,
      int window) {
    Wire.u16(memory, address, sourcePort);
    Wire.u16(memory, address + 2, destinationPort);
    Wire.u32(memory, address + 4, sequence);
    Wire.u32(memory, address + 8, acknowledgement);
    Wire.u32(memory, address + 12, 5 << 28 | (flags & 0xff) << 16 | window);
    Wire.u32(memory, address + 16, 0);
  }

  public int sourcePort() {
    return u16(0);
  }

  public void sourcePort(int port) {
    u16(0, port);
  }

  public int destinationPort() {
    return u16(2);
  }

  public void destinationPort(int port) {
    u16(2, port);
  }

  public int sequence() {
    return u32(4);
  }

  public int acknowledgement() {
    return u32(8);
  }

  /** In bytes, with options. */
  public int headerLength() {
    return headerLength;
  }

  /** {@link #SYN} and the others, added up. */
  public int flags() {
    return u8(13);
  }

  public int window() {
    return u16(14);
  }

  public int checksum() {
    return u16(16);
  }

  public void checksum(int checksum) {
    u16(16, checksum);
  }

  public int urgent() {
    return u16(18);
  }

  public long payload() {
    return at + headerLength;
  }

  public int payloadLength() {
    return length - headerLength;
  }

  /** Lays the walk on the options. */
  public void options(Options into) {
    into.begin(Options.Kind.CLASSIC, memory, at + SIZE, at + headerLength);
  }

  /** Whether the checksum is right. */
  public boolean verify(Ipv4 ip) {
    return right(ip.pseudo(6, length));
  }

  /** Whether the checksum is right. */
  public boolean verify(Ipv6 ip) {
    return right(ip.pseudo(6, length));
  }

  private boolean right(int pseudo) {
    return Checksum.add(pseudo, Checksum.sum(memory, at, length)) == 0xffff;
  }

  /** Writes the checksum. */
  public void fill(Ipv4 ip) {
    fill(ip.pseudo(6, length));
  }

  /** Writes the checksum. */
  public void fill(Ipv6 ip) {
    fill(ip.pseudo(6, length));
  }

  private void fill(int pseudo) {
    u16(16, 0);
    u16(16, Checksum.of(Checksum.add(pseudo, Checksum.sum(memory, at, length))));
  }
}
