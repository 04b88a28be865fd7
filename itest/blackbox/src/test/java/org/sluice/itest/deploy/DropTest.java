// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;

/** Good jars: dropped, replaced, removed. */
@Timeout(value = 600, unit = TimeUnit.SECONDS)
class DropTest {

  @Test
  void aGoodJarServesAndIsShownWithWhatItProvides() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      Plugins.Row row = plugins.await("greeter.jar", "ACTIVE");
      assertEquals("sample.greeter", row.text("bundle"));
      assertEquals("1.0.0", row.version());
      assertTrue(row.texts("provides").contains("java.util.function.Supplier"), row::toString);
    }
  }

  /** How often the caller called, and how often nobody answered. */
  private record Report(long calls, long lost, String answers) {
    static Report of(SluiceProcess sluice) {
      SluiceProcess.Answer answer = sluice.command("caller:report");
      Matcher m =
          Pattern.compile("calls=(\\d+) lost=(\\d+) answers=\\[(.*?)\\]").matcher(answer.out());
      assertTrue(m.find(), answer::toString);
      return new Report(Long.parseLong(m.group(1)), Long.parseLong(m.group(2)), m.group(3));
    }
  }

  /** Waits until a revision has answered. */
  private static Report answered(SluiceProcess sluice, String version) throws Exception {
    return sluice.await(
        "an answer of " + version,
        () -> {
          Report report = Report.of(sluice);
          return report.answers().contains(version) ? report : null;
        });
  }

  @Test
  void aSlowCopyOverARunningJarLosesNoCall() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      plugins.await("greeter.jar", "ACTIVE");
      sluice.drop("caller.jar", Samples.caller());
      plugins.await("caller.jar", "ACTIVE");
      Report before = answered(sluice, "1.0.0");
      assertEquals(0, before.lost());

      byte[] next = Samples.greeter("1.1.0").bytes();
      int parts = 30;
      try (OutputStream out = Files.newOutputStream(sluice.plugins().resolve("greeter.jar"))) {
        for (int i = 0; i < parts; i++) {
          int from = next.length * i / parts;
          out.write(next, from, next.length * (i + 1) / parts - from);
          out.flush();
          Thread.sleep(100);
          if (i < parts - 1) {
            assertEquals("1.0.0", row("greeter.jar", plugins).version());
          }
        }
      }
      Plugins.Row row = plugins.awaitVersion("greeter.jar", "1.1.0");
      sluice.awaitTrue("the swap to end", () -> row("greeter.jar", plugins).number("swaps") == 1);
      Plugins.Row end = row("greeter.jar", plugins);
      Report after = answered(sluice, "1.1.0");
      assertEquals(0, after.lost(), after::toString);
      assertTrue(after.calls() > before.calls() + 1000, after::toString);
      assertEquals("1.0.0, 1.1.0", after.answers());
      assertEquals(0.0, end.number("gapMillis"), row::toString);
      assertEquals(1.0, end.number("swaps"), "swapped once, when it was complete");
    }
  }

  private static Plugins.Row row(String file, Plugins plugins) {
    Plugins.Row row = plugins.row(file);
    if (row == null) {
      throw new AssertionError(file + " is not shown");
    }
    return row;
  }

  @Test
  void aTouchWithoutChangeDoesNothing() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      PluginJar jar = Samples.greeter("1.0.0");
      sluice.drop("greeter.jar", jar);
      Plugins.Row before = plugins.await("greeter.jar", "ACTIVE");
      sluice.drop("other.jar", Samples.greeter("sample.other", "1.0.0"));
      plugins.await("other.jar", "ACTIVE");

      Files.setLastModifiedTime(
          sluice.plugins().resolve("greeter.jar"), FileTime.from(Instant.now().plusSeconds(5)));
      sluice.drop("greeter.jar", jar);
      // Whatever is decided about the touched file is decided before the next one is taken.
      sluice.drop("other.jar", Samples.greeter("sample.other", "1.1.0"));
      plugins.awaitVersion("other.jar", "1.1.0");
      assertEquals(before.toString(), row("greeter.jar", plugins).toString());
    }
  }

  @Test
  void aRemovedJarLeavesNothing() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter.jar", Samples.greeter("1.0.0"));
      plugins.await("greeter.jar", "ACTIVE");
      Files.delete(sluice.plugins().resolve("greeter.jar"));
      plugins.awaitGone("greeter.jar");
      plugins.awaitNoLeaks();
      assertEquals(0, staged(sluice));
      assertEquals(0, loaders(sluice, "sample.greeter.Greeter"));
    }
  }

  @Test
  void aHeldClassLoaderIsToldByNameOfTheThread() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop(
          "leaky.jar",
          Samples.activator(
              "sample.leaky",
              "1.0.0",
              """
              Thread t = new Thread(() -> { try { Thread.sleep(600_000); } catch (Exception e) {} });
              t.setName("sample.leaky/forgotten");
              t.setDaemon(true);
              t.start();
              """));
      plugins.await("leaky.jar", "ACTIVE");
      Files.delete(sluice.plugins().resolve("leaky.jar"));
      plugins.awaitGone("leaky.jar");
      SluiceProcess.Answer leaks = sluice.command("host:leaks");
      assertEquals(1, leaks.exit(), leaks::toString);
      assertTrue(leaks.out().contains("sample.leaky/forgotten"), leaks::toString);
    }
  }

  @Test
  void manyUpdatesLeaveOneRevision() throws Exception {
    int updates = 160;
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.config("org.sluice.host.deploy", "{\"drainTime\": 10}");
      PluginJar[] jars = {Samples.greeter("1.0.0"), Samples.greeter("1.1.0")};
      sluice.drop("greeter.jar", jars[0]);
      plugins.await("greeter.jar", "ACTIVE");
      int loaders = loaders(sluice, "");
      for (int i = 1; i <= updates; i++) {
        int swaps = i;
        sluice.drop("greeter.jar", jars[i % 2]);
        sluice.awaitTrue("swap " + i, () -> row("greeter.jar", plugins).number("swaps") == swaps);
      }
      plugins.awaitNoLeaks();
      assertEquals(1, staged(sluice));
      assertEquals(1, loaders(sluice, "sample.greeter.Greeter"));
      int after = loaders(sluice, "");
      assertTrue(after <= loaders + 2, loaders + " class loaders became " + after);
    }
  }

  /** How many copies of jars are kept. */
  private static long staged(SluiceProcess sluice) throws Exception {
    try (var files = Files.list(sluice.home().resolve("var/deploy/revisions"))) {
      return files.filter(f -> f.toString().endsWith(".jar")).count();
    }
  }

  /** How many class loaders of bundles there are, or have loaded this class. */
  private static int loaders(SluiceProcess sluice, String type) throws Exception {
    String pid = String.valueOf(sluice.process().pid());
    String tool = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
    jcmd(tool, pid, "GC.run");
    String text =
        type.isEmpty()
            ? jcmd(tool, pid, "VM.classloader_stats")
            : jcmd(tool, pid, "VM.class_hierarchy", type);
    String mark = type.isEmpty() ? "BundleClassLoader" : type + "/";
    return text.split(Pattern.quote(mark), -1).length - 1;
  }

  private static String jcmd(String... command) throws Exception {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String text =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), text);
    return text;
  }

  @Test
  void jarsThatNeedOneAnotherMayComeInAnyOrder() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("a-needs.jar", Samples.needing("sample.needs", "java.util.function.Supplier"));
      sluice.drop("z-gives.jar", Samples.greeter("1.0.0"));
      plugins.await("a-needs.jar", "ACTIVE");
      plugins.await("z-gives.jar", "ACTIVE");
    }
  }

  @Test
  void aRefusedJarIsTriedAgainWhenWhatItLackedComes() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("needs.jar", Samples.needing("sample.needs", "java.util.function.Supplier"));
      plugins.await("needs.jar", "QUARANTINED");
      sluice.drop("gives.jar", Samples.greeter("1.0.0"));
      plugins.await("needs.jar", "ACTIVE");
    }
  }

  @Test
  void aNewFileNameTakesOverFromTheOld() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      Plugins plugins = new Plugins(sluice);
      sluice.drop("greeter-1.0.jar", Samples.greeter("1.0.0"));
      plugins.await("greeter-1.0.jar", "ACTIVE");
      sluice.drop("caller.jar", Samples.caller());
      plugins.await("caller.jar", "ACTIVE");
      answered(sluice, "1.0.0");
      sluice.drop("greeter-1.1.jar", Samples.greeter("1.1.0"));
      plugins.await("greeter-1.1.jar", "QUARANTINED");
      Files.delete(sluice.plugins().resolve("greeter-1.0.jar"));
      plugins.awaitVersion("greeter-1.1.jar", "1.1.0");
      plugins.awaitGone("greeter-1.0.jar");
      assertEquals(0, Report.of(sluice).lost());
    }
  }
}
