// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/**
 * The calls of the C library that Sluice makes. Each returns what the kernel would: zero or more on
 * success, the negated errno on failure.
 *
 * <p>A call is linked when it is first made, each in a class of its own: linking one costs
 * milliseconds, and most of them are not needed to start.
 */
public final class Libc {
  public static final int AF_NETLINK = 16;
  public static final int SOCK_RAW = 3;
  public static final int SOCK_CLOEXEC = 02000000;
  public static final int SOL_SOCKET = 1;
  public static final int SO_RCVBUF = 8;
  public static final int SO_RCVBUFFORCE = 33;
  public static final int SOL_NETLINK = 270;
  public static final int MSG_TRUNC = 0x20;
  public static final int MSG_DONTWAIT = 0x40;
  public static final short POLLIN = 1;
  public static final int EFD_CLOEXEC = 02000000;
  public static final int EFD_NONBLOCK = 04000;

  private Libc() {}

  public static int socket(CallState state, int domain, int type, int protocol) {
    try {
      return state.result((int) Socket.CALL.invokeExact(state.segment(), domain, type, protocol));
    } catch (Throwable t) {
      throw broken("socket", t);
    }
  }

  private static final class Socket {
    static final MethodHandle CALL = link("socket", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT);
  }

  public static int bind(CallState state, int fd, MemorySegment address) {
    try {
      return state.result(
          (int) Bind.CALL.invokeExact(state.segment(), fd, address, (int) address.byteSize()));
    } catch (Throwable t) {
      throw broken("bind", t);
    }
  }

  private static final class Bind {
    static final MethodHandle CALL = link("bind", JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  }

  /**
   * @param length in and out: the size of the address
   */
  public static int getsockname(
      CallState state, int fd, MemorySegment address, MemorySegment length) {
    try {
      return state.result((int) Getsockname.CALL.invokeExact(state.segment(), fd, address, length));
    } catch (Throwable t) {
      throw broken("getsockname", t);
    }
  }

  private static final class Getsockname {
    static final MethodHandle CALL = link("getsockname", JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  }

  public static int setsockopt(
      CallState state, int fd, int level, int option, MemorySegment value) {
    try {
      return state.result(
          (int)
              Setsockopt.CALL.invokeExact(
                  state.segment(), fd, level, option, value, (int) value.byteSize()));
    } catch (Throwable t) {
      throw broken("setsockopt", t);
    }
  }

  private static final class Setsockopt {
    static final MethodHandle CALL =
        link("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  }

  /**
   * @param length in and out: the size of the value
   */
  public static int getsockopt(
      CallState state, int fd, int level, int option, MemorySegment value, MemorySegment length) {
    try {
      return state.result(
          (int) Getsockopt.CALL.invokeExact(state.segment(), fd, level, option, value, length));
    } catch (Throwable t) {
      throw broken("getsockopt", t);
    }
  }

  private static final class Getsockopt {
    static final MethodHandle CALL =
        link("getsockopt", JAVA_INT, JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, ADDRESS);
  }

  public static long sendto(
      CallState state, int fd, MemorySegment data, int flags, MemorySegment address) {
    try {
      return state.result(
          (long)
              Sendto.CALL.invokeExact(
                  state.segment(),
                  fd,
                  data,
                  data.byteSize(),
                  flags,
                  address,
                  (int) address.byteSize()));
    } catch (Throwable t) {
      throw broken("sendto", t);
    }
  }

  private static final class Sendto {
    static final MethodHandle CALL =
        link("sendto", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT);
  }

  /**
   * @param length in and out: the size of the address
   */
  public static long recvfrom(
      CallState state,
      int fd,
      MemorySegment buffer,
      int flags,
      MemorySegment address,
      MemorySegment length) {
    try {
      return state.result(
          (long)
              Recvfrom.CALL.invokeExact(
                  state.segment(), fd, buffer, buffer.byteSize(), flags, address, length));
    } catch (Throwable t) {
      throw broken("recvfrom", t);
    }
  }

  private static final class Recvfrom {
    static final MethodHandle CALL =
        link("recvfrom", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT, ADDRESS, ADDRESS);
  }

  /**
   * @param descriptors an array of {@code struct pollfd}
   */
  public static int poll(CallState state, MemorySegment descriptors, int timeoutMillis) {
    try {
      return state.result(
          (int)
              Poll.CALL.invokeExact(
                  state.segment(), descriptors, descriptors.byteSize() / 8, timeoutMillis));
    } catch (Throwable t) {
      throw broken("poll", t);
    }
  }

  private static final class Poll {
    static final MethodHandle CALL = link("poll", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
  }

  public static int eventfd(CallState state, int initial, int flags) {
    try {
      return state.result((int) Eventfd.CALL.invokeExact(state.segment(), initial, flags));
    } catch (Throwable t) {
      throw broken("eventfd", t);
    }
  }

  private static final class Eventfd {
    static final MethodHandle CALL = link("eventfd", JAVA_INT, JAVA_INT, JAVA_INT);
  }

  public static long read(CallState state, int fd, MemorySegment buffer) {
    try {
      return state.result(
          (long) Read.CALL.invokeExact(state.segment(), fd, buffer, buffer.byteSize()));
    } catch (Throwable t) {
      throw broken("read", t);
    }
  }

  private static final class Read {
    static final MethodHandle CALL = link("read", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  }

  public static long write(CallState state, int fd, MemorySegment data) {
    try {
      return state.result(
          (long) Write.CALL.invokeExact(state.segment(), fd, data, data.byteSize()));
    } catch (Throwable t) {
      throw broken("write", t);
    }
  }

  private static final class Write {
    static final MethodHandle CALL = link("write", JAVA_LONG, JAVA_INT, ADDRESS, JAVA_LONG);
  }

  /** Not to be repeated when interrupted: the descriptor is gone all the same. */
  public static int close(CallState state, int fd) {
    try {
      return state.result((int) Close.CALL.invokeExact(state.segment(), fd));
    } catch (Throwable t) {
      throw broken("close", t);
    }
  }

  private static final class Close {
    static final MethodHandle CALL = link("close", JAVA_INT, JAVA_INT);
  }

  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  public static MethodHandle link(String name, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"));
  }

  /**
   * A call whose list of arguments is open.
   *
   * @param first the first argument of the open part
   */
  // This room is where restricted methods are meant to be called; the rest of the house cannot.
  @SuppressWarnings("restricted")
  public static MethodHandle linkVariadic(
      String name, int first, MemoryLayout result, MemoryLayout... arguments) {
    Linker linker = Linker.nativeLinker();
    return linker.downcallHandle(
        linker.defaultLookup().findOrThrow(name),
        FunctionDescriptor.of(result, arguments),
        Linker.Option.captureCallState("errno"),
        Linker.Option.firstVariadicArg(first));
  }

  /** A handle fails only when its declaration here is wrong, or memory was used after its end. */
  public static RuntimeException broken(String name, Throwable t) {
    if (t instanceof RuntimeException e) {
      return e;
    }
    if (t instanceof Error e) {
      throw e;
    }
    return new IllegalStateException("calling " + name, t);
  }
}
