// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.sluice.itest.net.Namespace;

/** A process that is part of a measurement. Its input tells it what to do, and when to end. */
final class Program implements AutoCloseable {
  private static final long PATIENCE_SECONDS = 60;
  private final String name;
  private final Process process;
  private final BufferedReader out;
  private final StringBuilder told = new StringBuilder();

  private Program(String name, Process process) {
    this.name = name;
    this.process = process;
    out = process.inputReader();
  }

  static Program start(Namespace in, List<String> command) throws IOException {
    return new Program(String.join(" ", command), in.spawn(command.toArray(String[]::new)));
  }

  /** Waits for a line that begins so. */
  String await(String begin, long seconds) throws IOException {
    CompletableFuture<Void> patience =
        CompletableFuture.runAsync(
            process::destroyForcibly,
            CompletableFuture.delayedExecutor(seconds + PATIENCE_SECONDS, TimeUnit.SECONDS));
    try {
      for (String line = out.readLine(); line != null; line = out.readLine()) {
        told.append(line).append('\n');
        if (line.startsWith(begin)) {
          return line;
        }
      }
    } finally {
      patience.cancel(false);
    }
    throw new IllegalStateException(
        "%s never said '%s', but: %s".formatted(name, begin, told.toString().strip()));
  }

  void say() throws IOException {
    process.outputWriter().write('\n');
    process.outputWriter().flush();
  }

  /** Ends the input, and waits for what was measured. */
  Words result() throws Exception {
    process.outputWriter().close();
    Words result = Words.of(await("result ", 0).split(" "));
    if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException(name + " does not end");
    }
    return result;
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
