// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;

/** Killed with -9 at every stage of a swap: the next start comes up with the last good revision. */
@Timeout(value = 180, unit = TimeUnit.SECONDS)
class RestartTest {

  private static SluiceProcess serving() throws Exception {
    SluiceProcess sluice = SluiceProcess.start();
    sluice.drop("x.jar", Samples.greeter("sample.x", "1.0.0"));
    new Plugins(sluice).await("x.jar", "ACTIVE");
    return sluice;
  }

  private static void awaitServing(SluiceProcess sluice, String version) throws Exception {
    Plugins plugins = new Plugins(sluice);
    sluice.awaitTrue(
        version + " to serve",
        () -> {
          Plugins.Row row = plugins.row("x.jar");
          return row != null && row.version().equals(version) && !row.texts("provides").isEmpty();
        });
  }

  @Test
  void whileTheFileIsStillArriving() throws Exception {
    try (SluiceProcess sluice = serving()) {
      byte[] next = Samples.greeter("sample.x", "2.0.0").bytes();
      try (OutputStream out = Files.newOutputStream(sluice.plugins().resolve("x.jar"))) {
        out.write(next, 0, next.length / 2);
        out.flush();
        new Plugins(sluice).await("x.jar", "ARRIVING");
        sluice.kill();
        sluice.launch();
        awaitServing(sluice, "1.0.0");
        out.write(next, next.length / 2, next.length - next.length / 2);
      }
      new Plugins(sluice).awaitVersion("x.jar", "2.0.0");
    }
  }

  @Test
  void whileTheNewRevisionIsStarting() throws Exception {
    try (SluiceProcess sluice = serving()) {
      Path trouble = Files.createFile(sluice.home().resolve("trouble"));
      String slow =
          "while (java.nio.file.Files.exists(java.nio.file.Path.of(\"%s\"))) Thread.sleep(10);"
                  .formatted(trouble)
              + "context.registerService(Runnable.class, () -> {}, null);";
      sluice.drop("x.jar", Samples.activator("sample.x", "2.0.0", slow));
      new Plugins(sluice).await("x.jar", "STARTING");
      sluice.kill();
      Files.delete(trouble);
      sluice.launch();
      new Plugins(sluice).awaitVersion("x.jar", "2.0.0");
    }
  }

  @Test
  void whileTheOldRevisionIsStopping() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("x.jar", Samples.activator("sample.x", "1.0.0", "", "Thread.sleep(3_600_000);"));
      plugins.await("x.jar", "ACTIVE");
      sluice.drop("x.jar", Samples.greeter("sample.x", "2.0.0"));
      plugins.awaitVersion("x.jar", "2.0.0");
      sluice.kill();
      sluice.launch();
      awaitServing(sluice, "2.0.0");
      assertEquals("ACTIVE", plugins.await("x.jar", "ACTIVE").state());
    }
  }

  @Test
  void afterABadUpdateTheGoodRevisionServesAgain() throws Exception {
    try (SluiceProcess sluice = serving()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("x.jar", Samples.activator("sample.x", "2.0.0", "throw new Exception(\"no\");"));
      Plugins.Row before = plugins.await("x.jar", "QUARANTINED");
      sluice.kill();
      sluice.launch();
      awaitServing(sluice, "1.0.0");
      Plugins.Row after = plugins.await("x.jar", "QUARANTINED");
      assertEquals(before.reason(), after.reason());
      assertEquals(before.text("serving"), after.text("serving"));
    }
  }

  @Test
  void aFileRemovedMeanwhileIsGone() throws Exception {
    try (SluiceProcess sluice = serving()) {
      sluice.kill();
      Files.delete(sluice.plugins().resolve("x.jar"));
      sluice.launch();
      sluice.drop("y.jar", Samples.greeter("sample.y", "1.0.0"));
      new Plugins(sluice).await("y.jar", "ACTIVE");
      assertTrue(new Plugins(sluice).row("x.jar") == null, sluice::log);
    }
  }

  /** Kills at no matter which moment of many swaps; whatever was cut short is made good. */
  @Test
  void atAnyMomentOfASwap() throws Exception {
    try (SluiceProcess sluice = serving()) {
      for (int i = 1; i <= 6; i++) {
        String version = "1." + i + ".0";
        sluice.drop("x.jar", Samples.greeter("sample.x", version));
        Thread.sleep(i * 9L);
        sluice.kill();
        sluice.launch();
        awaitServing(sluice, version);
      }
    }
  }
}
