// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

/** The limits of what a port can be asked for. */
final class Sizes {
  private Sizes() {}

  static void powerOfTwo(String what, int value, int least, int most) {
    if (Integer.bitCount(value) != 1 || value < least || value > most) {
      throw new IllegalArgumentException(
          "%s is %d; it must be a power of two from %d to %d".formatted(what, value, least, most));
    }
  }
}
