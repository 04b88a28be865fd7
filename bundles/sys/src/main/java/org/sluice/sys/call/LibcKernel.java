// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.call;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;

/** System calls that the C library has no name for, and calls that are about a thread. */
public final class LibcKernel {
  private static final long SYS_BPF =
      switch (System.getProperty("os.arch")) {
        case "aarch64" -> 280;
        default -> 321;
      };

  private static final MethodHandle SYSCALL =
      Libc.linkVariadic(
          "syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
          JAVA_LONG);
  private static final MethodHandle OPEN =
      Libc.linkVariadic("open", 2, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle SETNS = Libc.link("setns", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle AFFINITY =
      Libc.link("sched_setaffinity", JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);
  private static final MethodHandle INDEX = Libc.link("if_nametoindex", JAVA_INT, ADDRESS);
  private static final MethodHandle IOCTL =
      Libc.linkVariadic("ioctl", 2, JAVA_INT, JAVA_INT, JAVA_LONG, ADDRESS);

  private LibcKernel() {}

  /**
   * @param attributes {@code union bpf_attr}, zero where nothing is said
   */
  public static int bpf(CallState state, int command, MemorySegment attributes) {
    return (int)
        call(state, SYS_BPF, command, attributes.address(), attributes.byteSize(), 0, 0, 0);
  }

  /** Any system call. What its arguments point to must be alive. */
  public static long call(
      CallState state, long number, long a, long b, long c, long d, long e, long f) {
    try {
      return state.result((long) SYSCALL.invokeExact(state.segment(), number, a, b, c, d, e, f));
    } catch (Throwable t) {
      throw Libc.broken("syscall", t);
    }
  }

  public static int open(CallState state, MemorySegment path, int flags) {
    try {
      return state.result((int) OPEN.invokeExact(state.segment(), path, flags, 0));
    } catch (Throwable t) {
      throw Libc.broken("open", t);
    }
  }

  /** Moves the calling thread into a namespace. */
  public static int setns(CallState state, int fd, int kind) {
    try {
      return state.result((int) SETNS.invokeExact(state.segment(), fd, kind));
    } catch (Throwable t) {
      throw Libc.broken("setns", t);
    }
  }

  /**
   * @param processors a set of bits; the calling thread runs on these alone
   */
  public static int affinity(CallState state, MemorySegment processors) {
    try {
      return state.result(
          (int) AFFINITY.invokeExact(state.segment(), 0, processors.byteSize(), processors));
    } catch (Throwable t) {
      throw Libc.broken("sched_setaffinity", t);
    }
  }

  /** The index of an interface in the calling thread's network; the negated errno for none. */
  public static int interfaceIndex(CallState state, MemorySegment name) {
    try {
      int index = (int) INDEX.invokeExact(state.segment(), name);
      return index == 0 ? state.result(-1) : index;
    } catch (Throwable t) {
      throw Libc.broken("if_nametoindex", t);
    }
  }

  public static int ioctl(CallState state, int fd, long request, MemorySegment argument) {
    try {
      return state.result((int) IOCTL.invokeExact(state.segment(), fd, request, argument));
    } catch (Throwable t) {
      throw Libc.broken("ioctl", t);
    }
  }
}
