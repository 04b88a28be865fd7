// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;

/** The calls of the C library that start and end programs. Linked all at once, when first used. */
final class LibcProcess {
  static final int O_CLOEXEC = 02000000;
  static final int SIGTERM = 15;
  static final int SIGKILL = 9;

  private static final int SIGSTOP = 19;
  private static final int SIGSET_SIZE = 128;
  private static final int SIGNALS = 64;

  /** More than any C library needs for its attributes and its list of actions. */
  private static final int OPAQUE_SIZE = 512;

  private static final short SETSIGDEF = 0x04;
  private static final short SETSIGMASK = 0x08;
  private static final short SETSID = 0x80;

  private static final int PR_CAPBSET_DROP = 24;
  private static final int PR_SET_NO_NEW_PRIVS = 38;
  private static final int PR_CAP_AMBIENT = 47;
  private static final long PR_CAP_AMBIENT_CLEAR_ALL = 4;
  private static final int CAPABILITY_VERSION = 0x20080522;
  private static final int CAPABILITIES = 64;

  private static final long SYS_PIDFD_OPEN = 434;
  private static final int P_PID = 1;
  private static final int WEXITED = 4;

  private static final MethodHandle PIPE2 = Libc.link("pipe2", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle MEMFD_CREATE =
      Libc.link("memfd_create", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle LSEEK =
      Libc.link("lseek", JAVA_LONG, JAVA_INT, JAVA_LONG, JAVA_INT);
  private static final MethodHandle KILL = Libc.link("kill", JAVA_INT, JAVA_INT, JAVA_INT);
  private static final MethodHandle WAITID =
      Libc.link("waitid", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle SYSCALL =
      Libc.linkVariadic("syscall", 1, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle PRCTL =
      Libc.linkVariadic("prctl", 1, JAVA_INT, JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
  private static final MethodHandle CAPSET = Libc.link("capset", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle SPAWN =
      Libc.link("posix_spawn", JAVA_INT, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_INIT =
      Libc.link("posix_spawn_file_actions_init", JAVA_INT, ADDRESS);
  private static final MethodHandle ACTIONS_DUP2 =
      Libc.link("posix_spawn_file_actions_adddup2", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
  private static final MethodHandle ACTIONS_CLOSE_FROM =
      Libc.link("posix_spawn_file_actions_addclosefrom_np", JAVA_INT, ADDRESS, JAVA_INT);
  private static final MethodHandle ACTIONS_CHDIR =
      Libc.link("posix_spawn_file_actions_addchdir_np", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ACTIONS_DESTROY =
      Libc.link("posix_spawn_file_actions_destroy", JAVA_INT, ADDRESS);
  private static final MethodHandle ATTRIBUTES_INIT =
      Libc.link("posix_spawnattr_init", JAVA_INT, ADDRESS);
  private static final MethodHandle ATTRIBUTES_FLAGS =
      Libc.link("posix_spawnattr_setflags", JAVA_INT, ADDRESS, JAVA_SHORT);
  private static final MethodHandle ATTRIBUTES_MASK =
      Libc.link("posix_spawnattr_setsigmask", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ATTRIBUTES_DEFAULT =
      Libc.link("posix_spawnattr_setsigdefault", JAVA_INT, ADDRESS, ADDRESS);
  private static final MethodHandle ATTRIBUTES_DESTROY =
      Libc.link("posix_spawnattr_destroy", JAVA_INT, ADDRESS);

  private LibcProcess() {}

  /**
   * @param ends room for two descriptors: the one to read and the one to write
   */
  static int pipe(CallState state, MemorySegment ends) {
    try {
      return state.result((int) PIPE2.invokeExact(state.segment(), ends, O_CLOEXEC));
    } catch (Throwable t) {
      throw Libc.broken("pipe2", t);
    }
  }

  /** A file in memory without a name in any folder, closed when another program starts. */
  static int memory(CallState state, MemorySegment name) {
    try {
      return state.result((int) MEMFD_CREATE.invokeExact(state.segment(), name, 1));
    } catch (Throwable t) {
      throw Libc.broken("memfd_create", t);
    }
  }

  static long rewind(CallState state, int fd) {
    try {
      return state.result((long) LSEEK.invokeExact(state.segment(), fd, 0L, 0));
    } catch (Throwable t) {
      throw Libc.broken("lseek", t);
    }
  }

  /**
   * @param pid of a process; negated, of a group
   */
  static int kill(CallState state, int pid, int signal) {
    try {
      return state.result((int) KILL.invokeExact(state.segment(), pid, signal));
    } catch (Throwable t) {
      throw Libc.broken("kill", t);
    }
  }

  /**
   * Waits for the end of a child and forgets it.
   *
   * @param info room for {@code siginfo_t}, 128 bytes
   */
  static int await(CallState state, int pid, MemorySegment info) {
    try {
      return state.result((int) WAITID.invokeExact(state.segment(), P_PID, pid, info, WEXITED));
    } catch (Throwable t) {
      throw Libc.broken("waitid", t);
    }
  }

  /** A descriptor that can be read when the process has ended. */
  static int descriptorOf(CallState state, int pid) {
    try {
      return (int)
          state.result((long) SYSCALL.invokeExact(state.segment(), SYS_PIDFD_OPEN, (long) pid, 0L));
    } catch (Throwable t) {
      throw Libc.broken("pidfd_open", t);
    }
  }

  /**
   * Starts a program in a session of its own, with no signal blocked or ignored, and no descriptor
   * but the three given ones.
   *
   * @return its pid, or the negated errno
   */
  static int spawn(
      Arena arena,
      MemorySegment path,
      MemorySegment arguments,
      MemorySegment environment,
      MemorySegment directory,
      int input,
      int output) {
    CallState state = new CallState(arena);
    MemorySegment s = state.segment();
    MemorySegment pid = arena.allocate(JAVA_INT);
    MemorySegment actions = arena.allocate(OPAQUE_SIZE, 16);
    MemorySegment attributes = arena.allocate(OPAQUE_SIZE, 16);
    MemorySegment none = arena.allocate(SIGSET_SIZE, 8);
    MemorySegment all = arena.allocate(SIGSET_SIZE, 8);
    for (int signal = 1; signal <= SIGNALS; signal++) {
      if (signal != SIGKILL && signal != SIGSTOP) {
        int at = (signal - 1) / 8;
        byte bits = all.get(java.lang.foreign.ValueLayout.JAVA_BYTE, at);
        all.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (bits | 1 << (signal - 1) % 8));
      }
    }
    try {
      int refused = (int) ACTIONS_INIT.invokeExact(s, actions);
      if (refused != 0) {
        return -refused;
      }
      try {
        refused = (int) ATTRIBUTES_INIT.invokeExact(s, attributes);
        if (refused != 0) {
          return -refused;
        }
        try {
          short flags = (short) (SETSIGDEF | SETSIGMASK | SETSID);
          refused = (int) ACTIONS_DUP2.invokeExact(s, actions, input, 0);
          refused |= (int) ACTIONS_DUP2.invokeExact(s, actions, output, 1);
          refused |= (int) ACTIONS_DUP2.invokeExact(s, actions, output, 2);
          refused |= (int) ACTIONS_CLOSE_FROM.invokeExact(s, actions, 3);
          refused |= (int) ACTIONS_CHDIR.invokeExact(s, actions, directory);
          refused |= (int) ATTRIBUTES_FLAGS.invokeExact(s, attributes, flags);
          refused |= (int) ATTRIBUTES_MASK.invokeExact(s, attributes, none);
          refused |= (int) ATTRIBUTES_DEFAULT.invokeExact(s, attributes, all);
          if (refused != 0) {
            return -refused;
          }
          refused =
              (int) SPAWN.invokeExact(s, pid, path, actions, attributes, arguments, environment);
          return refused != 0 ? -refused : pid.get(JAVA_INT, 0);
        } finally {
          int _ = (int) ATTRIBUTES_DESTROY.invokeExact(s, attributes);
        }
      } finally {
        int _ = (int) ACTIONS_DESTROY.invokeExact(s, actions);
      }
    } catch (Throwable t) {
      throw Libc.broken("posix_spawn", t);
    }
  }

  /** See {@link Capabilities#renounce}. */
  static void renounce() throws SysException {
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      // Takes CAP_SETPCAP; without it what follows is enough, for no program can give any back.
      for (long bit = 0; bit < CAPABILITIES; bit++) {
        prctl(state, PR_CAPBSET_DROP, bit);
      }
      check("PR_CAP_AMBIENT", prctl(state, PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL));
      check("PR_SET_NO_NEW_PRIVS", prctl(state, PR_SET_NO_NEW_PRIVS, 1));
      MemorySegment header = arena.allocate(8, 4);
      header.set(JAVA_INT, 0, CAPABILITY_VERSION);
      MemorySegment nothing = arena.allocate(24, 4);
      int result;
      try {
        result = state.result((int) CAPSET.invokeExact(state.segment(), header, nothing));
      } catch (Throwable t) {
        throw Libc.broken("capset", t);
      }
      check("capset", result);
    }
  }

  private static int prctl(CallState state, int option, long argument) {
    try {
      return state.result((int) PRCTL.invokeExact(state.segment(), option, argument, 0L, 0L, 0L));
    } catch (Throwable t) {
      throw Libc.broken("prctl", t);
    }
  }

  private static void check(String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException("giving up the capabilities of a thread", call, -result);
    }
  }
}
