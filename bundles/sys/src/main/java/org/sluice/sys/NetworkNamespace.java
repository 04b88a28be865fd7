// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import org.sluice.sys.call.CallState;
import org.sluice.sys.call.Libc;
import org.sluice.sys.call.LibcKernel;

/**
 * Another network than that of the process, by its file: {@code /run/netns/blue} or {@code
 * /proc/4711/ns/net}. A socket belongs for ever to the network in which it was made.
 */
public record NetworkNamespace(Path file) {
  private static final int O_CLOEXEC = 02000000;
  private static final int CLONE_NEWNET = 0x4000_0000;

  /** A name for the network of the calling thread, by which it is told from others. */
  public static String current() throws SysException {
    try {
      return Files.readSymbolicLink(Path.of("/proc/thread-self/ns/net")).toString();
    } catch (IOException e) {
      throw new SysException(
          "the network of this thread", "readlink", Errno.EIO.number(), e.toString());
    }
  }

  /**
   * Does something inside, on a thread made for that, and waits for it.
   *
   * @throws SysException when the namespace is not there or may not be entered
   * @throws Exception what {@code work} throws
   */
  public <T> T call(Callable<T> work) throws Exception {
    FutureTask<T> task =
        new FutureTask<>(
            () -> {
              enter();
              return work.call();
            });
    Thread thread = Thread.ofPlatform().daemon().name("sys/namespace").start(task);
    try {
      return task.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof Exception cause ? cause : e;
    } finally {
      thread.join();
    }
  }

  private void enter() throws SysException {
    try (Arena scratch = Arena.ofConfined()) {
      CallState state = new CallState(scratch);
      int fd = LibcKernel.open(state, scratch.allocateFrom(file.toString()), O_CLOEXEC);
      if (fd < 0) {
        throw new SysException("network namespace " + file, "open", -fd);
      }
      try {
        int entered = LibcKernel.setns(state, fd, CLONE_NEWNET);
        if (entered < 0) {
          throw new SysException("network namespace " + file, "setns", -entered);
        }
      } finally {
        Libc.close(state, fd);
      }
    }
  }
}
