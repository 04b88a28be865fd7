// SPDX-License-Identifier: Apache-2.0
package org.sluice.runtime;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
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

  /** The folder that holds lib/, where this very jar lies, and bundles/. */
  private static Path distribution() throws Exception {
    Path jar = Path.of(Main.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    return jar.resolve("../..").normalize();
  }
}
