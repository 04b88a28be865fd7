// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.config.ConfiguredSluice.ALPHA;
import static org.sluice.itest.config.ConfiguredSluice.BETA;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** The process dies without warning; the next one comes up with what proved good. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
class SurvivalTest {

  @Test
  void comesUpWithTheLastGoodGenerationWhenTheFilesAreBad() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      sluice.save(ALPHA, "{\"times\": 1000}");
      sluice.refused("1000 is out of range");
      sluice.process().kill();
      sluice.launch();
      var status = sluice.refused("1000 is out of range");
      assertEquals(good, status.inForce());
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
    }
  }

  @Test
  void comesUpWithTheLastGoodGenerationAfterARollback() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      sluice.save(ALPHA, "{\"times\": 8, \"fail\": true}");
      sluice.refused("asked to fail");
      sluice.process().kill();
      sluice.launch();
      // At once: what failed is not tried again.
      var status = sluice.status();
      assertTrue(status.tells("asked to fail"), status::toString);
      assertEquals(good, status.inForce());
      assertTrue(sluice.must("alpha").first().startsWith("7 "), sluice.process()::log);
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
    }
  }

  @Test
  void comesUpWithTheLastGoodGenerationWhenKilledBetweenApplyingAndKeeping() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      // The process dies as soon as a component has its values: they are never kept.
      Path deadly = Files.createFile(sluice.process().home().resolve("deadly"));
      sluice.save(ALPHA, "{\"times\": 8, \"fail\": true, \"haltWhile\": \"" + deadly + "\"}");
      died(sluice);
      Files.delete(deadly);
      sluice.launch();
      assertTrue(sluice.must("alpha").first().startsWith("7 "), sluice.process()::log);
      // Tried once more when all is up, and taken back as it would have been.
      var status = sluice.refused("asked to fail");
      assertEquals(good, status.inForce());
      sluice.awaitValues("alpha", "7 ");
      assertTrue(
          sluice.log().stream().anyMatch(g -> g.state().equals("INTERRUPTED")),
          () -> sluice.log().toString());
    }
  }

  /** Waits until the probe has taken the process with it. */
  private static void died(ConfiguredSluice sluice) throws Exception {
    Process process = sluice.process().process();
    assertTrue(process.waitFor(120, TimeUnit.SECONDS), sluice.process()::log);
    assertEquals(9, process.exitValue(), sluice.process()::log);
  }

  /** It stops so slowly that the trial would be over before it has. */
  private static final String SLOW =
      """
      package slow;

      import org.osgi.service.component.annotations.Component;
      import org.osgi.service.component.annotations.Deactivate;

      @Component(service = Slow.class, immediate = true)
      public final class Slow {
        @Deactivate
        void stop() throws InterruptedException {
          Thread.sleep(3000);
        }
      }
      """;

  @Test
  void anOrderlyStopDuringTheTrialIsNoFaultOfTheFiles() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      sluice.process().drop("slow.jar", PluginJar.named("slow", "1.0.0").source(SLOW).make());
      sluice
          .process()
          .awaitTrue(
              "the slow plugin",
              () ->
                  sluice
                      .process()
                      .command("host:plugins")
                      .out()
                      .lines()
                      .anyMatch(line -> line.contains("slow") && line.contains("ACTIVE")));
      for (int times = 8; times < 11; times++) {
        String begin = times + " ";
        sluice.save(ALPHA, "{\"times\": " + times + "}");
        sluice.process().awaitTrue("the trial", () -> sluice.values("alpha").startsWith(begin));
        assertTrue(sluice.process().stop());
        String log = sluice.process().log();
        assertFalse(log.contains("configuration refused") || log.contains("rolled back"), log);
        sluice.launch();
        assertTrue(sluice.must("alpha").first().startsWith(begin), sluice.process()::log);
      }
      assertTrue(sluice.filesKept() > good);
    }
  }

  @Test
  void isNotCaughtInALoopByFilesThatKillTheProcess() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      Path deadly = Files.createFile(sluice.process().home().resolve("deadly"));
      sluice.save(ALPHA, "{\"times\": 8, \"haltWhile\": \"" + deadly + "\"}");
      died(sluice);
      // Once more when all is up.
      sluice.process().spawn();
      died(sluice);
      sluice.launch();
      var status =
          sluice.refused("the process ended while these files were being tried, more than once");
      assertEquals(good, status.inForce());
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
      Files.delete(deadly);
      assertEquals(0, sluice.process().command("config:retry").exit());
      sluice.process().awaitTrue("the retry", () -> sluice.values("alpha").startsWith("8 "));
      sluice.kept();
    }
  }

  @Test
  void takesWhatWasEditedWhileItWasDown() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long before = sluice.saveGood(ALPHA, "{\"times\": 7}");
      sluice.process().stop();
      sluice.save(ALPHA, "{\"times\": 8}");
      sluice.save(BETA, "{\"name\": \"offline\"}");
      sluice.launch();
      assertTrue(sluice.values("alpha").startsWith("8 "), () -> sluice.values("alpha"));
      assertEquals("2000 offline", sluice.values("beta"));
      assertEquals(before + 1, sluice.kept());
    }
  }

  @Test
  void readsAStoreWithTornFiles() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      sluice.process().kill();
      Path generations = sluice.process().home().resolve("var/config/generations");
      Files.writeString(generations.resolve((good + 1) + ".json"), "{\"generation\": {\"num");
      Files.writeString(generations.resolve("." + (good + 2) + ".json.new"), "{");
      Files.writeString(sluice.process().home().resolve("var/config/in-force"), "\0\0\0");
      sluice.save(ALPHA, "not json");
      sluice.launch();
      assertEquals(good, sluice.status().inForce());
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
      assertEquals(good + 2, sluice.saveGood(ALPHA, "{\"times\": 9}"));
    }
  }

  @Test
  void refusesAChangeThatCannotBeKept() throws Exception {
    try (ConfiguredSluice sluice = ConfiguredSluice.start()) {
      long good = sluice.saveGood(ALPHA, "{\"times\": 7}");
      Path generations = sluice.process().home().resolve("var/config/generations");
      Path away = sluice.process().home().resolve("away");
      Files.move(generations, away);
      Files.writeString(generations, "in the way");
      sluice.save(ALPHA, "{\"times\": 8}");
      var status = sluice.refused("cannot be kept");
      assertEquals(good, status.inForce());
      assertTrue(sluice.values("alpha").startsWith("7 "), () -> sluice.values("alpha"));
      // In one step: between two, a retry would make a folder of its own.
      Path back = Files.createSymbolicLink(sluice.process().home().resolve("back"), away);
      Files.move(back, generations, StandardCopyOption.ATOMIC_MOVE);
      // Tried again by itself.
      sluice.process().awaitTrue("the change", () -> sluice.values("alpha").startsWith("8 "));
    }
  }

  @Test
  void checksWhatNobodyClaimedWhenItsBundleArrives() throws Exception {
    try (SluiceProcess process = SluiceProcess.prepare()) {
      process.config(ALPHA, "{\"times\": 1000}");
      process.config(BETA, "{\"port\": 77}");
      process.launch();
      process.awaitTrue(
          "both to be in force", () -> process.command("config:show").out().contains("1000"));
      process.drop("probe.jar", Probe.jar());
      process.awaitTrue(
          "the bad one to be told",
          () -> process.command("config:status").out().contains("1000 is out of range"));
      process.awaitTrue(
          "the probe with what is valid",
          () -> {
            String seen = process.command("probe:seen").out();
            return seen.contains("3 PLAIN") && seen.contains("77 b") && seen.contains("gamma");
          });
    }
  }
}
