// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/** The header of UDP (RFC 768). The length it is wrapped with is that of the payload of IP. */
public final class Udp extends Header {
  public static final int SIZE = 8;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    if (length < SIZE) {
      return refuse(Refusal.TRUNCATED);
    }
    int said = Wire.u16(memory, address + 4);
    return said < SIZE || said > length ? refuse(Refusal.LENGTH) : take(memory, address, said);
  }

  /**
   * Writes a header without a checksum; there must be room for it.
   *
   * @param length of header and payload
   */
  public static void write(
      MemorySegment memory, long address, int sourcePort, int destinationPort, int length) {
    Wire.u16(memory, address, sourcePort);
    Wire.u16(memory, address + 2, destinationPort);
    Wire.u32(memory, address + 4, length << 16);
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

  /** 0 when the sender made none. */
  public int checksum() {
    return u16(6);
  }

  public void checksum(int checksum) {
    u16(6, checksum);
  }

  public long payload() {
    return at + SIZE;
  }

  public int payloadLength() {
    return length - SIZE;
  }

  /** Whether the checksum is right, or there is none, which IPv4 allows. */
  public boolean verify(Ipv4 ip) {
    return checksum() == 0 || right(ip.pseudo(17, length));
  }

  /** Whether the checksum is right; of IPv6 there must be one. */
  public boolean verify(Ipv6 ip) {
    return checksum() != 0 && right(ip.pseudo(17, length));
  }

  private boolean right(int pseudo) {
    return Checksum.add(pseudo, Checksum.sum(memory, at, length)) == 0xffff;
  }

  /** Writes the checksum. */
  public void fill(Ipv4 ip) {
    fill(memory, at, length, ip.pseudo(17, length));
  }

  /** Writes the checksum. */
  public void fill(Ipv6 ip) {
    fill(memory, at, length, ip.pseudo(17, length));
  }

  static void fill(MemorySegment memory, long at, int length, int pseudo) {
    Wire.u16(memory, at + 6, 0);
    int sum = Checksum.add(pseudo, Checksum.sum(memory, at, length));
    Wire.u16(memory, at + 6, Checksum.udp(Checksum.of(sum)));
  }
}
