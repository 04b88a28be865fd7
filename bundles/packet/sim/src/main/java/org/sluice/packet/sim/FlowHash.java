// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

/** Spreads packets over queues as interfaces do: those of one flow go to one queue. */
final class FlowHash {
  private FlowHash() {}

  /** Never below zero. Of addresses and ports; of the hardware addresses where there is no IP. */
  static int of(Headers headers) {
    int hash = 17;
    if (headers.ip() == 0) {
      for (int i = 0; i < Math.min(12, headers.length()); i++) {
        hash = 31 * hash + headers.u8(i);
      }
    } else {
      int addresses = headers.ip() == 4 ? 8 : 32;
      int begin = headers.network() + (headers.ip() == 4 ? 12 : 8);
      for (int i = 0; i < addresses; i++) {
        hash = 31 * hash + headers.u8(begin + i);
      }
      if (headers.ported() && !headers.fragment()) {
        hash = 31 * hash + headers.u16(headers.transport());
        hash = 31 * hash + headers.u16(headers.transport() + 2);
      }
    }
    hash *= 0x9e37_79b1;
    return hash >>> 8;
  }
}
