// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * A program that stays, on a {@link ManagedHost}.
 *
 * @param process that entered the host and has the program as its only child
 * @param file its log
 */
public record ManagedDaemon(String name, Process process, Path file) {

  /** The program itself; waits until it is there. */
  public ProcessHandle handle() throws InterruptedException {
    for (int i = 0; i < 1000 && process.isAlive(); i++) {
      var child = process.children().findFirst();
      if (child.isPresent()) {
        return child.get();
      }
      Thread.sleep(10);
    }
    throw new IllegalStateException(name + " ended by itself: " + log());
  }

  /** Whether it still runs. */
  public boolean alive() {
    return process.isAlive();
  }

  /** Dies without a chance to tidy up. */
  public void kill() throws Exception {
    handle().destroyForcibly();
    awaitEnd();
  }

  /** Is not there afterwards, whether it has ended by itself or not. */
  public void end() throws Exception {
    process.children().forEach(ProcessHandle::destroyForcibly);
    awaitEnd();
  }

  /** Is asked to end, and waited for. */
  public void stop() throws Exception {
    handle().destroy();
    awaitEnd();
  }

  /** Waits until it ends by itself. */
  public void awaitEnd() throws Exception {
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      throw new TimeoutException(name + " does not end: " + log());
    }
  }

  /** Everything it wrote so far. */
  public String log() {
    try {
      return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
