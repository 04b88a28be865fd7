// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

/** Who gets a packet next on its way. Made once and filled again and again. */
public final class Hop {
  private long high;
  private long low;

  public long high() {
    return high;
  }

  public long low() {
    return low;
  }

  /** An address; one of IPv4 is mapped. */
  public void set(long high, long low) {
    this.high = high;
    this.low = low;
  }
}
