// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;

/**
 * A program that was started here, in a session and process group of its own. It has the rights of
 * the thread that starts it, no descriptor but its standard ones, and reads all of its input from
 * memory. What it writes to standard output and error comes by one pipe.
 *
 * <p>One thread watches it and closes it; any thread may end it. Closing it ends what is left of
 * its group.
 */
public final class Child implements AutoCloseable {
  private static final int POLL_SIZE = 8;
  private static final int CHUNK = 8 * 1024;
  private static final int INFO_SIZE = 128;
  private static final int INFO_CODE = 8;
  private static final int INFO_STATUS = 24;
  private static final int CLD_EXITED = 1;

  /** Beyond this nobody reads a pipe that somebody keeps full after the program has ended. */
  private static final int MOST_CHUNKS_AFTER_END = 64;

  private final Object lock = new Object();
  private final String subject;
  private final int pid;
  private final int output;
  private final int end;
  private boolean outputOpen = true;
  private boolean reaped;
  private int status;
  private boolean bySignal;

  private Child(String subject, int pid, int output, int end) {
    this.subject = subject;
    this.pid = pid;
    this.output = output;
    this.end = end;
  }

  /**
   * Starts the program; it is running when this returns.
   *
   * @throws SysException when the kernel does not take it: no such file, no permission, no program
   */
  public static Child start(Program program) throws SysException {
    String subject = "start " + program.file();
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      int input = -1;
      int read = -1;
      int write = -1;
      try {
        input = input(arena, state, subject, program.input());
        MemorySegment ends = arena.allocate(8, 4);
        check(subject, "pipe2", LibcProcess.pipe(state, ends));
        read = ends.get(JAVA_INT, 0);
        write = ends.get(JAVA_INT, 4);
        List<String> words = new java.util.ArrayList<>();
        words.add(program.file().toString());
        words.addAll(program.arguments());
        int pid =
            check(
                subject,
                "posix_spawn",
                LibcProcess.spawn(
                    arena,
                    text(arena, program.file().toString()),
                    texts(arena, words),
                    texts(arena, variables(program.environment())),
                    text(arena, program.directory().toString()),
                    input,
                    write));
        int end = LibcProcess.descriptorOf(state, pid);
        if (end < 0) {
          LibcProcess.kill(state, -pid, LibcProcess.SIGKILL);
          LibcProcess.await(state, pid, arena.allocate(INFO_SIZE, 8));
          throw new SysException(subject, "pidfd_open", -end);
        }
        Child child = new Child(subject, pid, read, end);
        read = -1;
        return child;
      } finally {
        release(state, input);
        release(state, read);
        release(state, write);
      }
    }
  }

  private static int input(Arena arena, CallState state, String subject, String text)
      throws SysException {
    int fd = check(subject, "memfd_create", LibcProcess.memory(state, text(arena, "input")));
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (bytes.length > 0) {
      MemorySegment all = arena.allocateFrom(java.lang.foreign.ValueLayout.JAVA_BYTE, bytes);
      for (long at = 0; at < bytes.length; ) {
        long written = Libc.write(state, fd, all.asSlice(at));
        if (written < 0) {
          Libc.close(state, fd);
          throw new SysException(subject, "write", (int) -written);
        }
        at += written;
      }
    }
    LibcProcess.rewind(state, fd);
    return fd;
  }

  private static List<String> variables(Map<String, String> environment) {
    return environment.entrySet().stream()
        .map(variable -> variable.getKey() + "=" + variable.getValue())
        .sorted()
        .toList();
  }

  private static MemorySegment texts(Arena arena, List<String> texts) {
    MemorySegment array = arena.allocate(ADDRESS, texts.size() + 1L);
    for (int i = 0; i < texts.size(); i++) {
      array.setAtIndex(ADDRESS, i, text(arena, texts.get(i)));
    }
    return array;
  }

  /** What follows a zero character would be lost in silence, and may be what makes it harmless. */
  private static MemorySegment text(Arena arena, String text) {
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text for a program has no zero character in it");
    }
    return arena.allocateFrom(text);
  }

  /** Of the process, and of its group and session. */
  public int pid() {
    return pid;
  }

  /**
   * Waits until it has ended, or the time is up, and passes on what it writes meanwhile.
   *
   * @return whether it has ended, and all it wrote was passed on
   */
  public boolean await(long millis, Consumer<byte[]> to) throws SysException {
    long until = System.nanoTime() + millis * 1_000_000;
    try (Arena arena = Arena.ofConfined()) {
      CallState state = new CallState(arena);
      MemorySegment polled = arena.allocate(2L * POLL_SIZE, 4);
      MemorySegment buffer = arena.allocate(CHUNK);
      while (true) {
        long left = Math.max(0, (until - System.nanoTime() + 999_999) / 1_000_000);
        watch(polled, 0, outputOpen ? output : -1);
        watch(polled, POLL_SIZE, end);
        int ready = Libc.poll(state, polled, (int) Math.min(left, Integer.MAX_VALUE));
        if (ready < 0 && Errno.of(-ready) != Errno.EINTR) {
          throw new SysException(subject, "poll", -ready);
        }
        boolean ended = ready > 0 && polled.get(JAVA_SHORT, POLL_SIZE + 6) != 0;
        if (ended) {
          drain(state, polled, buffer, to);
          return true;
        }
        if (ready > 0 && polled.get(JAVA_SHORT, 6) != 0) {
          read(state, buffer, to);
        } else if (left == 0) {
          return false;
        }
      }
    }
  }

  private void drain(
      CallState state, MemorySegment polled, MemorySegment buffer, Consumer<byte[]> to)
      throws SysException {
    for (int i = 0; outputOpen && i < MOST_CHUNKS_AFTER_END; i++) {
      watch(polled, 0, output);
      watch(polled, POLL_SIZE, -1);
      if (Libc.poll(state, polled, 0) <= 0) {
        return;
      }
      read(state, buffer, to);
    }
  }

  private void read(CallState state, MemorySegment buffer, Consumer<byte[]> to)
      throws SysException {
    long length = Libc.read(state, output, buffer);
    if (length < 0) {
      throw new SysException(subject, "read", (int) -length);
    }
    if (length == 0) {
      outputOpen = false;
    } else {
      to.accept(buffer.asSlice(0, length).toArray(java.lang.foreign.ValueLayout.JAVA_BYTE));
    }
  }

  private static void watch(MemorySegment polled, long at, int fd) {
    polled.set(JAVA_INT, at, fd);
    polled.set(JAVA_SHORT, at + 4, Libc.POLLIN);
    polled.set(JAVA_SHORT, at + 6, (short) 0);
  }

  /** Asks it and its whole group to end. */
  public void terminate() {
    signal(LibcProcess.SIGTERM);
  }

  /** Ends it and its whole group at once. */
  public void kill() {
    signal(LibcProcess.SIGKILL);
  }

  private void signal(int signal) {
    synchronized (lock) {
      // Until it is reaped its number belongs to it, so no stranger can be hit.
      if (!reaped) {
        try (Arena arena = Arena.ofConfined()) {
          LibcProcess.kill(new CallState(arena), -pid, signal);
        }
      }
    }
  }

  /**
   * How it ended, as a shell tells it: what it returned, or 128 and the number of the signal that
   * ended it.
   *
   * @throws IllegalStateException before it is closed
   */
  public int exit() {
    synchronized (lock) {
      if (!reaped) {
        throw new IllegalStateException(subject + ": it was not closed yet");
      }
      return bySignal ? 128 + status : status;
    }
  }

  /** Ends what is left of its group, and of it, and waits for its end. */
  @Override
  public void close() {
    synchronized (lock) {
      if (reaped) {
        return;
      }
      try (Arena arena = Arena.ofConfined()) {
        CallState state = new CallState(arena);
        LibcProcess.kill(state, -pid, LibcProcess.SIGKILL);
        MemorySegment info = arena.allocate(INFO_SIZE, 8);
        int result;
        do {
          result = LibcProcess.await(state, pid, info);
        } while (result < 0 && Errno.of(-result) == Errno.EINTR);
        if (result == 0) {
          bySignal = info.get(JAVA_INT, INFO_CODE) != CLD_EXITED;
          status = info.get(JAVA_INT, INFO_STATUS);
        }
        reaped = true;
        Libc.close(state, output);
        Libc.close(state, end);
      }
    }
  }

  private static int check(String subject, String call, int result) throws SysException {
    if (result < 0) {
      throw new SysException(subject, call, -result);
    }
    return result;
  }

  private static void release(CallState state, int fd) {
    if (fd >= 0) {
      Libc.close(state, fd);
    }
  }
}
