// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.runtime.Arguments.UsageException;

/** Entry point; see {@link Arguments#USAGE}. Exit codes: 0 stopped, 1 failed, 2 wrong usage. */
public final class Main {
  private static final System.Logger LOG = System.getLogger("org.sluice.runtime");

  private Main() {}

  public static void main(String[] args) {
    System.exit(run(List.of(args)));
  }

  private static int run(List<String> words) {
    if (words.contains("--help")) {
      System.out.print(Arguments.USAGE);
      return 0;
    }
    Arguments arguments;
    try {
      arguments = Arguments.parse(words);
    } catch (UsageException e) {
      System.err.println("sluice: " + e.getMessage());
      return 2;
    }
    LogFormat.install();
    Thread.setDefaultUncaughtExceptionHandler(
        (thread, e) ->
            LOG.log(System.Logger.Level.ERROR, "thread " + thread.getName() + " died", e));
    try {
      if (exceeds(arguments.privileges())) {
        return 1;
      }
      if (arguments.inherited() && !listens()) {
        System.err.println(
            "sluice: --http inherited: the standard input is no listening TCP socket; start the"
                + " unit sluice.socket, or name HOST:PORT");
        return 2;
      }
      Path distribution = distribution();
      try (Home home = Home.open(arguments.home(), distribution.resolve("configs"))) {
        return new Lifecycle(distribution, home.path(), FrameworkProperties.of(arguments)).run();
      }
    } catch (IOException e) {
      System.err.println("sluice: " + e.getMessage());
      return 1;
    } catch (Exception e) {
      LOG.log(System.Logger.Level.ERROR, "the framework did not start", e);
      return 1;
    }
  }

  private static boolean listens() throws IOException {
    return System.inheritedChannel() instanceof ServerSocketChannel socket
        && socket.getLocalAddress() instanceof InetSocketAddress;
  }

  /** Before any bundle runs; threads that come later cannot have more than those that make them. */
  private static boolean exceeds(@Nullable Privileges privileges) throws IOException {
    List<String> exceeded = privileges == null ? List.of() : privileges.exceeded();
    if (!exceeded.isEmpty()) {
      System.err.println(
          "sluice: not run, for it may do more than %s: %s — start it through the unit, or as root with --user NAME"
              .formatted(privileges, exceeded.getFirst()));
    }
    return !exceeded.isEmpty();
  }

  /** The folder that holds lib/, where this very jar lies, and bundles/. */
  private static Path distribution() throws Exception {
    Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return jar.resolve("../..").normalize();
  }
}
