// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

/** The rings of one queue, in the hands of the caller. */
public sealed interface RawLane permits DirectLane, CheckedLane {
  /** For people: {@code queue 0}. */
  String name();

  /** Whether there are a receive and a fill ring. */
  boolean receives();

  /** Whether there are a transmit and a completion ring. */
  boolean sends();

  /**
   * @throws IllegalStateException when nothing is received here
   */
  ReceiveRing receive();

  /**
   * @throws IllegalStateException when nothing is received here
   */
  FillRing fill();

  /**
   * @throws IllegalStateException when nothing is sent here
   */
  TransmitRing transmit();

  /**
   * @throws IllegalStateException when nothing is sent here
   */
  CompletionRing completion();

  static <T> T there(@org.jspecify.annotations.Nullable T ring, String name, String what) {
    if (ring == null) {
      throw new IllegalStateException(name + ": nothing is " + what + " here");
    }
    return ring;
  }
}
