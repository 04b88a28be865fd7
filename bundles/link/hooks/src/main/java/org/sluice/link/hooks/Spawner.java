// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.io.IOException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.sluice.sys.Capabilities;
import org.sluice.sys.Child;
import org.sluice.sys.Program;

/**
 * A thread that has given up every capability and starts programs: what it starts has none, with no
 * other program in between that would have to take them away.
 *
 * <p>It must neither start a thread nor wake a virtual one, which may need a new carrier: that
 * would begin without rights as well. So it logs nothing, and only platform threads may wait for
 * it.
 */
final class Spawner {
  private static final int WAITING = 64;
  private static final long PATIENCE_MILLIS = 5000;

  private final BlockingQueue<Request> requests = new ArrayBlockingQueue<>(WAITING);
  private final Thread thread = new Thread(this::run, "link.hooks/spawner");
  private volatile boolean closed;

  private record Request(Program program, CompletableFuture<Child> result) {}

  void start() {
    thread.start();
  }

  /** Starts a program without any capability, and waits until it runs. */
  Child spawn(Program program) throws IOException, InterruptedException {
    if (Thread.currentThread().isVirtual()) {
      throw new IllegalStateException("a virtual thread must not wait for the spawner");
    }
    Request request = new Request(program, new CompletableFuture<>());
    requests.put(request);
    if (closed) {
      request.result().completeExceptionally(new IOException("hooks are being stopped"));
    }
    try {
      return request.result().get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw new IOException("start " + program.file() + ": " + e.getCause(), e.getCause());
    } catch (InterruptedException e) {
      if (!request.result().cancel(false) && !request.result().isCompletedExceptionally()) {
        // It was started all the same, and nobody will look after it.
        request.result().join().close();
      }
      throw e;
    }
  }

  void stop() {
    closed = true;
    thread.interrupt();
    try {
      thread.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    IOException refusal = null;
    try {
      Capabilities left = Capabilities.renounce();
      if (!left.effective().isEmpty() || !left.ambient().isEmpty() || !left.noNewPrivileges()) {
        refusal = new IOException("the thread that starts hooks still has " + left.effective());
      }
    } catch (IOException e) {
      refusal = e;
    }
    while (!closed) {
      Request request;
      try {
        request = requests.take();
      } catch (InterruptedException e) {
        continue;
      }
      if (refusal != null) {
        request.result().completeExceptionally(refusal);
        continue;
      }
      try {
        Child child = Child.start(request.program());
        if (!request.result().complete(child)) {
          child.close();
        }
      } catch (IOException | RuntimeException e) {
        request.result().completeExceptionally(e);
      }
    }
    for (Request request; (request = requests.poll()) != null; ) {
      request.result().completeExceptionally(new IOException("hooks are being stopped"));
    }
  }
}
