// SPDX-License-Identifier: Apache-2.0
package org.sluice.client;

import java.io.Console;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/** What the user looks at, found out without a library and mostly without a process. */
final class Screen {
  private Screen() {}

  static boolean isTerminal(int descriptor) {
    try {
      String target = Files.readSymbolicLink(Path.of("/proc/self/fd/" + descriptor)).toString();
      return target.startsWith("/dev/pts/")
          || target.startsWith("/dev/tty")
          || target.startsWith("/dev/console");
    } catch (IOException | UnsupportedOperationException e) {
      // No such folder on this system: the JDK knows about all streams together at least.
      return Optional.ofNullable(System.console()).map(Console::isTerminal).orElse(false);
    }
  }

  /** For the process; empty when the output goes to a file or a pipe. */
  static String ofStandardOutput() {
    return isTerminal(1) ? "columns=" + columns() + " color=" + color() : "";
  }

  static boolean color() {
    String dumb = System.getenv("TERM");
    return System.getenv("NO_COLOR") == null && dumb != null && !dumb.equals("dumb");
  }

  /** The start script hands it on in COLUMNS. */
  private static int columns() {
    String given = System.getenv("COLUMNS");
    try {
      return given != null ? Integer.parseInt(given.strip()) : ask();
    } catch (NumberFormatException e) {
      return 80;
    }
  }

  private static int ask() {
    try {
      Process stty =
          new ProcessBuilder("stty", "size")
              .redirectInput(new File("/dev/tty"))
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String size =
          new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
      if (!stty.waitFor(1, TimeUnit.SECONDS)) {
        stty.destroy();
      }
      int columns = Integer.parseInt(size.substring(size.indexOf(' ') + 1));
      return columns > 0 ? columns : 80;
    } catch (IOException | NumberFormatException e) {
      return 80;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return 80;
    }
  }
}
