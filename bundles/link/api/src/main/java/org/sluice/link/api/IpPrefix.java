// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.api;

import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/**
 * An address and how many of its first bits name the network: {@code 10.0.0.1/24} for an address on
 * a link, {@code 10.0.0.0/24} for a network.
 */
public final class IpPrefix implements Comparable<IpPrefix> {
  private static final Comparator<IpPrefix> ORDER =
      Comparator.comparing(IpPrefix::address).thenComparingInt(IpPrefix::length);

  private final IpAddress address;
  private final int length;

  public IpPrefix(IpAddress address, int length) {
    if (length < 0 || length > address.bits()) {
      throw new IllegalArgumentException(
          address + "/" + length + ": the length is from 0 to " + address.bits());
    }
    this.address = address;
    this.length = length;
  }

  /** {@code 10.0.0.0/8}; without a length it is that one address. */
  public static IpPrefix parse(String text) {
    int slash = text.indexOf('/');
    if (slash < 0) {
      IpAddress address = IpAddress.parse(text);
      return new IpPrefix(address, address.bits());
    }
    return new IpPrefix(
        IpAddress.parse(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
  }

  public IpAddress address() {
    return address;
  }

  public int length() {
    return length;
  }

  /** With the bits of the host cleared. */
  public IpPrefix network() {
    return new IpPrefix(address.masked(length), length);
  }

  public boolean contains(IpAddress other) {
    return other.six() == address.six() && other.masked(length).equals(address.masked(length));
  }

  @Override
  public int compareTo(IpPrefix other) {
    return ORDER.compare(this, other);
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof IpPrefix that && length == that.length && address.equals(that.address);
  }

  @Override
  public int hashCode() {
    return address.hashCode() * 31 + length;
  }

  @Override
  public String toString() {
    return address + "/" + length;
  }
}
