// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

/** Numbers of the kernel in the words that {@code ip} has for them everywhere. */
final class Numbers {
  private Numbers() {}

  static String table(long number) {
    return switch ((int) Math.min(number, 256)) {
      case 253 -> "default";
      case 254 -> "main";
      case 255 -> "local";
      default -> Long.toString(number);
    };
  }

  /** The names of {@code /etc/iproute2/rt_protos} that everybody has. */
  static String protocol(int number) {
    return switch (number) {
      case 1 -> "redirect";
      case 2 -> "kernel";
      case 3 -> "boot";
      case 4 -> "static";
      case 9 -> "ra";
      case 16 -> "dhcp";
      case 186 -> "bgp";
      case 187 -> "isis";
      case 188 -> "ospf";
      case 189 -> "rip";
      case 192 -> "eigrp";
      default -> Integer.toString(number);
    };
  }
}
