// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.net.InetAddress;
import org.sluice.packet.api.DatagramBatch;

/**
 * An address and how many of its bits tell the network it is in.
 *
 * @param high the first eight bytes of the address; those of IPv4 are mapped
 * @param low the last eight bytes
 * @param length in bits of the mapped form: 96 more than people write for IPv4
 */
public record Prefix(long high, long low, int length) {
  private static final int MAPPED = 96;

  public Prefix {
    if (length < (Ip.four(high, low) ? MAPPED : 0) || length > 128) {
      throw new IllegalArgumentException(
          "a prefix of %d bits does not fit %s"
              .formatted(length, DatagramBatch.inet(high, low).getHostAddress()));
    }
  }

  /** An address with the length of its prefix as people count it. */
  public static Prefix of(InetAddress address, int length) {
    boolean four = address.getAddress().length == 4;
    return new Prefix(Ip.high(address), Ip.low(address), four ? length + MAPPED : length);
  }

  /** Reads {@code 192.0.2.7/24} or {@code 2001:db8::7/64}; without a length it is one address. */
  public static Prefix parse(String text) {
    int slash = text.indexOf('/');
    try {
      InetAddress address = InetAddress.ofLiteral(slash < 0 ? text : text.substring(0, slash));
      int length =
          slash < 0 ? 8 * address.getAddress().length : Integer.parseInt(text.substring(slash + 1));
      return of(address, length);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no prefix; one looks like 192.0.2.7/24 or 2001:db8::7/64", e);
    }
  }

  /** Whether it is one of IPv4. */
  public boolean four() {
    return Ip.four(high, low);
  }

  /** Whether an address, mapped if of IPv4, is in the same network. */
  public boolean contains(long high, long low) {
    return ((high ^ this.high) & maskHigh(length)) == 0
        && ((low ^ this.low) & maskLow(length)) == 0
        && (length > MAPPED || four() == Ip.four(high, low));
  }

  /** Of IPv4: the address that means all in this network; 0 when it has none. */
  int broadcast() {
    return four() && length < 127 ? (int) (low | ~maskLow(length)) : 0;
  }

  private static long maskHigh(int length) {
    return length >= 64 ? -1 : length == 0 ? 0 : -1L << (64 - length);
  }

  private static long maskLow(int length) {
    return length <= 64 ? 0 : -1L << (128 - length);
  }

  @Override
  public String toString() {
    return DatagramBatch.inet(high, low).getHostAddress()
        + "/"
        + (four() ? length - MAPPED : length);
  }
}
