// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api.driver;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;

/**
 * Numbers that one side of a port counts up and any thread reads. One thread at a time writes, so
 * no atomic addition is needed.
 */
public final class Tally {
  /** What is counted, by the names of {@link org.sluice.packet.api.PortStatistics}. */
  public enum Of {
    RECEIVED(0),
    RECEIVED_BYTES(1),
    SENT(2),
    SENT_BYTES(3),
    RECEIVE_DROPPED(4),
    RECEIVE_INVALID(5),
    SEND_DROPPED(6),
    SEND_INVALID(7),
    WAKEUPS(8);

    private final int place;

    Of(int place) {
      this.place = place;
    }
  }

  private static final VarHandle NUMBERS = MethodHandles.arrayElementVarHandle(long[].class);
  private static final int APART = 16;

  /** Away from its neighbours in memory, which another thread may write. */
  private final long[] numbers = new long[Of.values().length + 2 * APART];

  public void add(Of what, long number) {
    int at = APART + what.place;
    NUMBERS.setOpaque(numbers, at, numbers[at] + number);
  }

  public long get(Of what) {
    return (long) NUMBERS.getOpaque(numbers, APART + what.place);
  }
}
