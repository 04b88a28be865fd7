// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.runtime;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** The launcher from outside: arguments, one process a home, and how it ends. */
class LauncherTest {
  private static final String JAVA =
      Path.of(System.getProperty("java.home"), "bin", "java").toString();
  private static final String LAUNCHER = SluiceProcess.DIST.resolve("lib/sluice.jar").toString();

  /** A plugin whose activator runs these statements when it stops. */
  private static PluginJar stopping(String statements) throws Exception {
    return PluginJar.named("itest.stopping", "1.0.0")
        .header("Bundle-Activator", "itest.stopping.Stopping")
        .source(
            """
            package itest.stopping;
            import org.osgi.framework.*;
            public class Stopping implements BundleActivator {
              @Override public void start(BundleContext context) {
                System.out.println("plugin has started");
              }
              @Override public void stop(BundleContext context) throws Exception {
                %s
              }
            }
            """
                .formatted(statements))
        .make();
  }

  private static SluiceProcess withPlugin(String statements) throws Exception {
    SluiceProcess sluice = SluiceProcess.start();
    sluice.drop("stopping.jar", stopping(statements));
    sluice.awaitTrue("the plugin to start", () -> sluice.log().contains("plugin has started"));
    return sluice;
  }

  private static Shell.Ended launch(String... words) throws Exception {
    String[] command = new String[words.length + 4];
    command[0] = JAVA;
    command[1] = "--sun-misc-unsafe-memory-access=allow";
    command[2] = "-jar";
    command[3] = LAUNCHER;
    System.arraycopy(words, 0, command, 4, words.length);
    return Shell.run(command);
  }

  @Test
  void sayHowToCallItWhenTheCallIsWrong() throws Exception {
    for (String[] wrong :
        new String[][] {{"--nonsense"}, {"--home"}, {"--http", "9090"}, {"--http", "a:70000"}}) {
      Shell.Ended ended = launch(wrong);
      assertEquals(2, ended.exit(), ended.text());
      assertTrue(ended.text().startsWith("sluice: "), ended.text());
      assertFalse(ended.text().contains("\tat "), ended.text());
    }
    Shell.Ended help = launch("--help");
    assertEquals(0, help.exit());
    assertTrue(help.text().contains("--safe-mode"), help.text());
  }

  @Test
  void refuseAHomeThatCannotBePrepared(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("file"));
    Shell.Ended ended = launch("--home", file.resolve("home").toString());
    assertEquals(1, ended.exit());
    assertTrue(ended.text().contains("cannot be prepared"), ended.text());
    assertTrue(ended.text().contains("--home DIR"), ended.text());
  }

  @Test
  void refuseASecondProcessOnOneHome() throws Exception {
    try (SluiceProcess first = SluiceProcess.start()) {
      Shell.Ended second = launch("--home", first.home().toString(), "--http", "127.0.0.1:0");
      assertEquals(1, second.exit(), second.text());
      assertTrue(
          second.text().contains("is in use by process " + first.process().pid()), second.text());
      assertEquals(0, first.command("help").exit());

      // What was held by a process that was killed is free again.
      first.kill();
      first.launch();
    }
  }

  @Test
  void runOnWithoutStandardInput() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      // Its standard input is /dev/null, which ended before it began.
      sluice.awaitTrue("the start", () -> sluice.log().contains("sluice is up"));
      assertTrue(sluice.process().isAlive());
      assertEquals(0, sluice.command("help").exit());
    }
  }

  @Test
  void stopInOrder() throws Exception {
    String check =
        """
        for (Bundle b : context.getBundles()) {
          if (b.getSymbolicName().equals("org.sluice.host.api")) {
            System.out.println("plugin stops, the interfaces are " + b.getState());
          }
        }
        """;
    try (SluiceProcess sluice = withPlugin(check)) {
      assertTrue(sluice.stop());
      assertEquals(0, sluice.process().exitValue(), sluice.log());
      int plugin = sluice.log().indexOf("plugin stops, the interfaces are 32");
      int end = sluice.log().indexOf("sluice has stopped");
      assertTrue(plugin >= 0 && plugin < end, sluice.log());
    }
  }

  @Test
  void stopInTimeAndNameWhatHangs() throws Exception {
    try (SluiceProcess sluice = withPlugin("while (true) Thread.sleep(1000);")) {
      sluice.process().destroy();
      assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS), "still runs");
      assertEquals(1, sluice.process().exitValue(), sluice.log());
      assertTrue(sluice.log().contains("did not stop in 10 s"), sluice.log());
      assertTrue(sluice.log().contains("itest.stopping.Stopping.stop"), sluice.log());
    }
  }

  @Test
  void stopAtOnceWhenAskedTwice() throws Exception {
    try (SluiceProcess sluice =
        withPlugin("System.out.println(\"plugin hangs\"); while (true) Thread.sleep(1000);")) {
      sluice.process().destroy();
      sluice.awaitTrue("the plugin to hang", () -> sluice.log().contains("plugin hangs"));
      sluice.process().destroy();
      assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS), "still runs");
      assertEquals(143, sluice.process().exitValue(), sluice.log());
      assertFalse(sluice.log().contains("did not stop in"), sluice.log());
    }
  }

  @Test
  void writeOneLineARecordAndNothingElse() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.awaitTrue("the start", () -> sluice.log().contains("sluice is up"));
      assertTrue(sluice.stop());
      for (String line : sluice.log().lines().toList()) {
        assertTrue(line.startsWith("ts="), "not a record: " + line);
        assertFalse(line.contains("org.eclipse.jetty"), line);
      }
    }
  }

  @Test
  void fillAnEmptyHomeAndLeaveAFilledOneAlone(@TempDir Path folder) throws Exception {
    Path home = folder.resolve("home");
    for (int start = 0; start < 2; start++) {
      try (Shell.Running running =
          Shell.start(
              null,
              Map.of(),
              JAVA,
              "--sun-misc-unsafe-memory-access=allow",
              "-jar",
              LAUNCHER,
              "--home",
              home.toString(),
              "--http",
              "127.0.0.1:0")) {
        running.awaitText("sluice is up");
        Path config = home.resolve("configs/org.sluice.host.deploy.cfg.json");
        assertEquals(start == 0, Files.exists(config));
        Files.deleteIfExists(config);
        running.process().destroy();
        assertEquals(0, running.end().exit());
      }
    }
  }
}
