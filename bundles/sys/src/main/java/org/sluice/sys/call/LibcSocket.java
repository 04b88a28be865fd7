// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.invoke.MethodHandle;

/**
 * The calls that move many datagrams at once. They take plain addresses, for which nothing is
 * checked and nothing kept alive: whoever calls sees to that for a whole batch.
 */
public final class LibcSocket {
  private static final MethodHandle RECVMMSG =
      Libc.link("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SENDMMSG =
      Libc.link("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);

  private LibcSocket() {}

  /**
   * @param headers the address of an array of {@code struct mmsghdr}
   */
  public static int recvmmsg(CallState state, int fd, long headers, int count, int flags) {
    try {
      return state.result(
          (int) RECVMMSG.invokeExact(state.segment(), fd, headers, count, flags, 0L));
    } catch (Throwable t) {
      throw Libc.broken("recvmmsg", t);
    }
  }

  /**
   * @param headers the address of an array of {@code struct mmsghdr}
   */
  public static int sendmmsg(CallState state, int fd, long headers, int count, int flags) {
    try {
      return state.result((int) SENDMMSG.invokeExact(state.segment(), fd, headers, count, flags));
    } catch (Throwable t) {
      throw Libc.broken("sendmmsg", t);
    }
  }
}
