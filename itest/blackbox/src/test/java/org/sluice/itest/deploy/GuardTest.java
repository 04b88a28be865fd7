// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** Plugins that hang, crash or kill; safe mode; a folder that others may write to. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class GuardTest {
  private static final String PID = "org.sluice.host.deploy";

  private static final String SLEEPS = "Thread.sleep(3_600_000);";
  private static final String SPINS =
      "long n = 0; while (context != null) { n++; if (n < 0) { return; } }";

  @ParameterizedTest
  @ValueSource(strings = {SLEEPS, SPINS})
  void aStartThatNeverEndsIsBoundedAndHoldsUpNobody(String body) throws Exception {
    // It has to be served while the other one still hangs: made before.
    PluginJar greeter = Samples.greeter("1.0.0");
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("hang.jar", Samples.activator("sample.hang", "1.0.0", body));
      plugins.await("hang.jar", "STARTING");
      sluice.drop("greeter.jar", greeter);
      plugins.await("greeter.jar", "ACTIVE");
      assertEquals("STARTING", plugins.describe("hang.jar").trim(), "not waited for");
      Plugins.Row refused = plugins.await("hang.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("10 s"), refused::reason);
      assertTrue(refused.reason().contains("sample.activator.Activator.start"), refused::reason);
      sluice.drop("greeter.jar", Samples.greeter("1.1.0"));
      plugins.awaitVersion("greeter.jar", "1.1.0");
      // A mended jar of the same file gets its chance although the thread may still be there.
      sluice.drop("hang.jar", Samples.activator("sample.hang", "1.1.0", ""));
      plugins.awaitVersion("hang.jar", "1.1.0");
      assertTrue(sluice.stop(), "the process does not stop:\n" + sluice.log());
    }
  }

  @Test
  void anUpdateThatHangsLeavesTheOldRevisionServing() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("x.jar", Samples.greeter("sample.x", "1.0.0"));
      plugins.await("x.jar", "ACTIVE");
      sluice.drop("x.jar", Samples.activator("sample.x", "2.0.0", SPINS));
      Plugins.Row refused = plugins.await("x.jar", "QUARANTINED");
      assertEquals("1.0.0", refused.version());
      assertFalse(refused.texts("provides").isEmpty());
    }
  }

  /** Starts a thread that dies at once, as long as the file is there. */
  private static String dying(Path trouble) {
    return """
        Thread t = new Thread(() -> {
          if (java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) {
            throw new IllegalStateException("the ring is gone");
          }
        }, "sample.crash/loop");
        t.start();
        """
        .formatted(trouble);
  }

  @Test
  void threeCrashesInAMinuteQuarantineUntilReleased() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      Path trouble = Files.createFile(sluice.home().resolve("trouble"));
      sluice.drop("crash.jar", Samples.activator("sample.crash", "1.0.0", dying(trouble)));
      Plugins.Row refused = plugins.await("crash.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("crashed 3 times"), refused::reason);
      assertTrue(refused.reason().contains("the ring is gone"), refused::reason);
      assertTrue(refused.reason().contains("sample.crash/loop"), refused::reason);
      assertTrue(refused.reason().contains("host:release crash.jar"), refused::reason);
      assertEquals("", refused.text("serving"));

      SluiceProcess.Answer vain = sluice.command("host:release", "crash.jar");
      plugins.await("crash.jar", "QUARANTINED");
      sluice.awaitTrue("six crashes", () -> sluice.log().split("plugin crashed", -1).length == 7);

      Files.delete(trouble);
      SluiceProcess.Answer released = sluice.command("host:release", "sample.crash");
      // What takes its time to start is told as that.
      assertTrue(
          released.exit() == 0 || released.toString().contains("crash.jar is STARTING"),
          () -> vain + "\n" + released);
      plugins.await("crash.jar", "ACTIVE");
      assertEquals(1, sluice.command("host:release", "crash.jar").exit());
      assertEquals(1, sluice.command("host:release", "nobody.jar").exit());
    }
  }

  @Test
  void aCrashIsSurvivedByARestart() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      Path trouble = Files.createFile(sluice.home().resolve("trouble"));
      String once =
          "java.nio.file.Files.deleteIfExists(java.nio.file.Path.of(\"" + trouble + "\"));";
      sluice.drop("crash.jar", Samples.activator("sample.crash", "1.0.0", dying(trouble), once));
      sluice.awaitTrue(
          "a crash", () -> sluice.log().contains("file=crash.jar bundle=sample.crash crash=1 "));
      sluice.awaitTrue("the stop before the restart", () -> !Files.exists(trouble));
      plugins.await("crash.jar", "ACTIVE");
      assertFalse(sluice.log().contains("crash=2"), sluice::log);
    }
  }

  @Test
  void aComponentThatFailsLaterIsACrash() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.config(PID, "{ \"crashLimit\": 2 }");
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      Path trouble = sluice.home().resolve("trouble");
      sluice.drop("tick.jar", Samples.greeter("sample.tick", "1.0.0"));
      plugins.await("tick.jar", "ACTIVE");
      sluice.drop(
          "later.jar",
          PluginJar.named("sample.later", "1.0.0")
              .source(
                  """
                  package sample.later;

                  import java.util.function.Supplier;
                  import org.osgi.service.component.annotations.Activate;
                  import org.osgi.service.component.annotations.Component;
                  import org.osgi.service.component.annotations.Reference;

                  @Component(service = Later.class, immediate = true)
                  public final class Later {
                    @Activate
                    public Later(@Reference Supplier<?> ticks) {
                      if (java.nio.file.Files.exists(java.nio.file.Path.of("%s"))) {
                        throw new IllegalStateException("the disk is full");
                      }
                    }
                  }
                  """
                      .formatted(trouble))
              .make());
      plugins.await("later.jar", "ACTIVE");
      Files.createFile(trouble);
      // What it refers to is replaced, so that the component is activated again, and fails.
      sluice.drop("tick.jar", Samples.greeter("sample.tick", "1.1.0"));
      Plugins.Row refused = plugins.await("later.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("crashed 2 times"), refused::reason);
      assertTrue(refused.reason().contains("the disk is full"), refused::reason);
    }
  }

  /** Drops a plugin that kills the process when it is started, and starts until it is refused. */
  private static Plugins killedThreeTimes(SluiceProcess sluice) throws Exception {
    sluice.drop(
        "killer.jar", Samples.activator("sample.killer", "1.0.0", "Runtime.getRuntime().halt(9);"));
    for (int i = 0; i < 3; i++) {
      sluice.spawn();
      assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS), sluice::log);
      assertEquals(9, sluice.process().exitValue(), sluice::log);
    }
    sluice.launch();
    Plugins plugins = new Plugins(sluice);
    Plugins.Row refused = plugins.await("killer.jar", "QUARANTINED");
    assertTrue(refused.reason().contains("died 3 times"), refused::reason);
    return plugins;
  }

  @Test
  void aStartThatKillsTheProcessIsTriedThreeTimesOnly() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      Plugins plugins = killedThreeTimes(sluice);
      plugins.await("greeter.jar", "ACTIVE");
    }
  }

  @Test
  void aSlowStartIsNotBlamedForWhatAnotherDoes() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.drop("a-slow.jar", Samples.activator("sample.slow", "1.0.0", "Thread.sleep(1500);"));
      Plugins plugins = killedThreeTimes(sluice);
      plugins.await("a-slow.jar", "ACTIVE");
    }
  }

  @Test
  void aStartThatExitsTheProcessCountsToo() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.drop("killer.jar", Samples.activator("sample.killer", "1.0.0", "System.exit(7);"));
      for (int i = 0; i < 3; i++) {
        sluice.spawn();
        assertTrue(sluice.process().waitFor(90, TimeUnit.SECONDS), sluice::log);
      }
      sluice.launch();
      new Plugins(sluice).await("killer.jar", "QUARANTINED");
    }
  }

  @Test
  void aStartThatExitsTheProcessCountsEvenIfItIsAskedToStopMeanwhile() throws Exception {
    String body =
        """
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
          System.out.println("plugin exits");
          try { Thread.sleep(3000); } catch (InterruptedException e) {}
        }));
        System.exit(7);
        """;
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.drop("killer.jar", Samples.activator("sample.killer", "1.0.0", body));
      for (int i = 1; i <= 3; i++) {
        int exits = i;
        sluice.spawn();
        sluice.awaitTrue(
            "the exit", () -> sluice.log().split("plugin exits", -1).length == exits + 1);
        sluice.process().destroy();
        assertTrue(sluice.process().waitFor(60, TimeUnit.SECONDS), sluice::log);
      }
      sluice.launch();
      new Plugins(sluice).await("killer.jar", "QUARANTINED");
    }
  }

  @Test
  void aStopWhileAPluginStartsIsInTimeAndNoDeathOfTheProcess() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.drop("slow.jar", Samples.activator("sample.slow", "1.0.0", SLEEPS));
      Plugins plugins = new Plugins(sluice);
      for (int i = 0; i < 4; i++) {
        sluice.launch();
        plugins.await("slow.jar", "STARTING");
        assertTrue(sluice.stop(), sluice::log);
        assertEquals(0, sluice.process().exitValue(), sluice.log());
      }
    }
  }

  @Test
  void safeModeShowsPluginsAndStartsNone() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare("--safe-mode")) {
      Path ran = sluice.home().resolve("ran");
      String body = "java.nio.file.Files.createFile(java.nio.file.Path.of(\"" + ran + "\"));";
      sluice.drop("greeter.jar", Samples.activator("sample.greeter", "1.0.0", body));
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      Plugins.Row held = plugins.await("greeter.jar", "HELD");
      assertTrue(held.reason().contains("safe mode"), held::reason);
      sluice.drop("late.jar", Samples.activator("sample.late", "1.0.0", body));
      plugins.await("late.jar", "HELD");
      assertFalse(Files.exists(ran));
    }
  }

  @Test
  void aFolderOthersMayWriteToIsNotServedAsRoot() throws Exception {
    assumeTrue(root(), "only root is refused");
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("old.jar", Samples.greeter("sample.old", "1.0.0"));
      plugins.await("old.jar", "ACTIVE");
      Files.setPosixFilePermissions(sluice.plugins(), PosixFilePermissions.fromString("rwxrwxrwx"));
      sluice.drop("new.jar", Samples.greeter("sample.new", "1.0.0"));
      Plugins.Row held = plugins.await("new.jar", "HELD");
      assertTrue(held.reason().contains("chmod go-w '" + sluice.plugins()), held::reason);
      sluice.drop("old.jar", Samples.greeter("sample.old", "2.0.0"));
      plugins.await("old.jar", "HELD");
      assertEquals("1.0.0", plugins.all().get(1).version());
      Files.setPosixFilePermissions(sluice.plugins(), PosixFilePermissions.fromString("rwxr-xr-x"));
      plugins.await("new.jar", "ACTIVE");
      plugins.awaitVersion("old.jar", "2.0.0");
    }
  }

  @Test
  void aFileOthersMayWriteToIsNotTakenAsRoot() throws Exception {
    assumeTrue(root(), "only root is refused");
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      Path elsewhere = Files.createDirectory(sluice.home().resolve("elsewhere"));
      Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxrwxrwx"));
      Path jar = elsewhere.resolve("real.jar");
      Files.write(jar, Samples.greeter("1.0.0").bytes());
      Files.createSymbolicLink(sluice.plugins().resolve("link.jar"), jar);
      Plugins.Row refused = plugins.await("link.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("chmod go-w"), refused::reason);
      assertTrue(refused.reason().contains("elsewhere"), refused::reason);
      Files.setPosixFilePermissions(elsewhere, PosixFilePermissions.fromString("rwxr-xr-x"));
      plugins.await("link.jar", "ACTIVE");
    }
  }

  private static boolean root() throws Exception {
    return Integer.valueOf(0).equals(Files.getAttribute(Path.of("/proc/self"), "unix:uid"));
  }

  @Test
  void aFileTheProcessMayNotReadIsToldAndTakenWhenItMay() throws Exception {
    assumeTrue(root() && Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs root and setpriv");
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      int nobody = 65534;
      Path jar = sluice.plugins().resolve("secret.jar");
      Files.write(jar, Samples.greeter("1.0.0").bytes());
      try (var tree = Files.walk(sluice.home())) {
        for (Path path : tree.toList()) {
          Files.setAttribute(path, "unix:uid", nobody);
        }
      }
      Files.setAttribute(jar, "unix:uid", 0);
      Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-------"));
      sluice.under("setpriv", "--reuid=65534", "--clear-groups");
      sluice.launch();
      Plugins plugins = new Plugins(sluice);
      Plugins.Row refused = plugins.await("secret.jar", "QUARANTINED");
      assertTrue(refused.reason().contains("cannot be read"), refused::reason);
      assertTrue(refused.reason().contains("chmod a+r plugins/secret.jar"), refused::reason);
      Files.setPosixFilePermissions(jar, PosixFilePermissions.fromString("rw-r--r--"));
      plugins.await("secret.jar", "ACTIVE");
    }
  }
}
