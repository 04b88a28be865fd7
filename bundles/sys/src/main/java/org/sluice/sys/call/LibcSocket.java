// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.invoke.MethodHandle;

/**
 * The calls that move many packets at once. They take plain addresses, for which nothing is checked
 * and nothing kept alive: whoever calls sees to that for a whole batch.
 *
 * <p>Keeping the errno makes an object per call unless the compiler is in the mood to avoid it, so
 * it is kept only where it is asked for.
 */
public final class LibcSocket {
  private static final long SYS_IO_URING_ENTER = 426;

  private static final MethodHandle RECVMMSG =
      link("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SENDMMSG =
      link("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);
  private static final MethodHandle RECVMMSG_TELLING =
      Libc.link("recvmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_LONG);
  private static final MethodHandle SENDMMSG_TELLING =
      Libc.link("sendmmsg", JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_INT, JAVA_INT);

  private LibcSocket() {}

  /**
   * @param headers the address of an array of {@code struct mmsghdr}
   * @return how many came; -1 when none did, for whatever reason
   */
  public static int recvmmsg(int fd, long headers, int count, int flags) {
    try {
      return (int) RECVMMSG.invokeExact(fd, headers, count, flags, 0L);
    } catch (Throwable t) {
      throw Libc.broken("recvmmsg", t);
    }
  }

  /** The same, with the reason as the negated errno. */
  public static int recvmmsgTelling(CallState state, int fd, long headers, int count, int flags) {
    try {
      return state.result(
          (int) RECVMMSG_TELLING.invokeExact(state.segment(), fd, headers, count, flags, 0L));
    } catch (Throwable t) {
      throw Libc.broken("recvmmsg", t);
    }
  }

  /**
   * @param headers the address of an array of {@code struct mmsghdr}
   * @return how many left; -1 when none did, for whatever reason: {@link #sendmmsgTelling} tells
   */
  public static int sendmmsg(int fd, long headers, int count, int flags) {
    try {
      return (int) SENDMMSG.invokeExact(fd, headers, count, flags);
    } catch (Throwable t) {
      throw Libc.broken("sendmmsg", t);
    }
  }

  /** The same, with the reason as the negated errno. */
  public static int sendmmsgTelling(CallState state, int fd, long headers, int count, int flags) {
    try {
      return state.result(
          (int) SENDMMSG_TELLING.invokeExact(state.segment(), fd, headers, count, flags));
    } catch (Throwable t) {
      throw Libc.broken("sendmmsg", t);
    }
  }

  /**
   * Has the kernel send what a socket shares with it.
   *
   * @return -1 when it did not, or not all of it, for whatever reason
   */
  public static int kick(int fd, int flags) {
    try {
      return (int) (long) Kick.CALL.invokeExact(fd, 0L, 0L, flags, 0L, 0);
    } catch (Throwable t) {
      throw Libc.broken("sendto", t);
    }
  }

  /** Apart, since few programs use it. */
  private static final class Kick {
    static final MethodHandle CALL =
        link("sendto", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  }

  /**
   * @param submit how many requests the kernel is to begin with
   * @return how many it began with; -1 when it refused
   */
  public static long uringEnter(int fd, int submit, int flags) {
    try {
      return (long) Enter.CALL.invokeExact(SYS_IO_URING_ENTER, fd, submit, 0, flags, 0L, 0L);
    } catch (Throwable t) {
      throw Libc.broken("io_uring_enter", t);
    }
  }

  /** Apart, since few programs use it. */
  private static final class Enter {
    static final MethodHandle CALL =
        link(
            "syscall", JAVA_LONG, JAVA_LONG, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, JAVA_LONG,
            JAVA_LONG);
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  private static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    FunctionDescriptor type = FunctionDescriptor.of(result, arguments);
    return name.equals("syscall")
        ? linker.downcallHandle(
            linker.defaultLookup().findOrThrow(name), type, Linker.Option.firstVariadicArg(1))
        : linker.downcallHandle(linker.defaultLookup().findOrThrow(name), type);
  }
}
