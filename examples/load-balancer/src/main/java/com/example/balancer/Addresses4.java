package com.example.balancer;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;

/** Addresses of IPv4 as numbers. */
final class Addresses4 {
  private Addresses4() {}

  /**
   * @throws IllegalArgumentException when it is none
   */
  static int of(String text) {
    if (InetAddress.ofLiteral(text) instanceof Inet4Address four) {
      return ByteBuffer.wrap(four.getAddress()).getInt();
    }
    throw new IllegalArgumentException("'" + text + "' is no address of IPv4");
  }
}
