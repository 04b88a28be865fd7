// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls that move many packets at once, as packet sockets use them. Linked all at once, when
 * first used.
 */
public final class LibcPacket {
  private static final MethodHandle RECEIVE =
      Libc.link("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, ADDRESS);
  private static final MethodHandle SEND =
      Libc.link("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);

  private LibcPacket() {}

  /**
   * Receives messages.
   *
   * @param messages the address of an array of {@code struct mmsghdr}, which must be alive with all
   *     it points to. It is no segment, so that beginning in the midst of one makes no object
   */
  public static int receive(CallState state, int fd, long messages, int count, int flags) {
    try {
      return state.result(
          (int)
              RECEIVE.invokeExact(state.segment(), fd, messages, count, flags, MemorySegment.NULL));
    } catch (Throwable t) {
      throw Libc.broken("recvmmsg", t);
    }
  }

  /**
   * Sends messages.
   *
   * @param messages as for {@link #receive}
   */
  public static int send(CallState state, int fd, long messages, int count, int flags) {
    try {
      return state.result((int) SEND.invokeExact(state.segment(), fd, messages, count, flags));
    } catch (Throwable t) {
      throw Libc.broken("sendmmsg", t);
    }
  }
}
