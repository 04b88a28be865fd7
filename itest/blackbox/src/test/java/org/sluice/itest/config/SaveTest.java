// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.config.ConfiguredSluice.ALPHA;
import static org.sluice.itest.config.ConfiguredSluice.BETA;
import static org.sluice.itest.config.ConfiguredSluice.GAMMA;
import static org.sluice.itest.config.ConfiguredSluice.RULE;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Files that are right, saved in all the ways files are saved. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SaveTest {
  /** A file that is away or broken for so short a time is believed to be on its way. */
  private static final long MOMENT = Duration.ofMillis(130).toNanos();

  private ConfiguredSluice sluice;
  private Path configs;

  @BeforeAll
  void start() throws Exception {
    sluice = ConfiguredSluice.start();
    configs = sluice.process().configs();
  }

  @AfterAll
  void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @BeforeEach
  void clear() throws Exception {
    sluice.clear();
  }

  private void inForce(String values) throws Exception {
    sluice
        .process()
        .awaitTrue("alpha to be " + values, () -> sluice.values("alpha").startsWith(values));
  }

  @Test
  void givesComponentsTheTypesTheyExpect() throws Exception {
    sluice.saveGood(
        ALPHA,
        """
        // comments are welcome
        {
          "times": 42, "mode": "LOUD", "tags": ["a", "b,c"], /* so are
          lines */ "size": 5000000000, "ratio": 1e-3, "small": -128, "letter": "ü",
        }
        """);
    assertEquals("42 LOUD [a, b,c] 5000000000 0.001 -128 ü", sluice.values("alpha"));
  }

  @Test
  void restartsNothingThatNeedNotBe() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 5}");
    sluice.saveGood(BETA, "{\"port\": 7}");
    sluice.saveGood(GAMMA, "{\"level\": 7}");
    var alpha = sluice.must("alpha");
    var beta = sluice.must("beta");
    var gamma = sluice.must("gamma");
    sluice.saveGood(ALPHA, "{\"times\": 6}");
    assertEquals(alpha.made() + 1, sluice.must("alpha").made());
    assertEquals(beta, sluice.must("beta"));
    assertEquals(gamma, sluice.must("gamma"));
    sluice.saveGood(GAMMA, "{\"level\": 8}");
    assertEquals(gamma.made(), sluice.must("gamma").made());
    assertEquals(gamma.modified() + 1, sluice.must("gamma").modified());
    // Other words for the same values restart nothing at all, and make no generation.
    int generations = sluice.log().size();
    sluice.saveGood(ALPHA, "{ /* six */ \"times\": 6.0 }");
    assertEquals(alpha.made() + 1, sluice.must("alpha").made());
    assertEquals(generations, sluice.log().size());
  }

  @Test
  void keepsALogAndGoesBack() throws Exception {
    long one = sluice.saveGood(ALPHA, "{\"times\": 11, \"secret\": \"abc\"}");
    long two = sluice.saveGood(ALPHA, "{\"times\": 12, \"secret\": \"def\"}");
    var diff = sluice.process().command("config:diff", "" + one, "" + two);
    assertTrue(diff.out().contains("times"), diff::toString);
    assertTrue(diff.out().contains("11") && diff.out().contains("12"), diff::toString);
    assertTrue(diff.out().contains("secret"), diff::toString);
    assertFalse(diff.out().contains("abc") || diff.out().contains("def"), diff::toString);
    var show = sluice.process().command("config:show", ALPHA);
    assertTrue(show.out().contains(ALPHA + ".cfg.json:1:11"), show::toString);
    assertTrue(show.out().contains("default"), show::toString);
    assertFalse(show.out().contains("def\""), show::toString);

    var back = sluice.process().command("config:rollback", "" + one);
    assertEquals(0, back.exit(), back::toString);
    assertTrue(sluice.values("alpha").startsWith("11 "));
    long three = sluice.kept();
    assertEquals(two + 1, three);
    assertEquals("rollback to " + one, sluice.log().getFirst().origin());
    // The file is as the user left it, and a touch does not bring it back; nor does a restart.
    Path file = configs.resolve(ALPHA + ".cfg.json");
    assertTrue(Files.readString(file).contains("12"));
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
    Thread.sleep(2500);
    assertTrue(sluice.values("alpha").startsWith("11 "));
    sluice.process().kill();
    sluice.launch();
    inForce("11 ");
    assertEquals(three, sluice.status().inForce());
    // The next save is.
    sluice.saveGood(ALPHA, "{\"times\": 13}");
    inForce("13 ");
    assertEquals(1, sluice.process().command("config:rollback", "99999").exit());
  }

  @Test
  void seesARename() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 21}");
    Path beside = Files.writeString(configs.resolve(".beside"), "{\"times\": 22}");
    Files.move(beside, configs.resolve(ALPHA + ".cfg.json"), StandardCopyOption.REPLACE_EXISTING);
    inForce("22 ");
  }

  @Test
  void seesAFileOverwrittenInPlaceWithTheSameLengthAndTime() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 23}");
    Path file = configs.resolve(ALPHA + ".cfg.json");
    FileTime time = Files.getLastModifiedTime(file);
    Files.writeString(file, "{\"times\": 24}");
    Files.setLastModifiedTime(file, time);
    inForce("24 ");
  }

  @Test
  void seesASymbolicLinkSwap() throws Exception {
    Path one = Files.createDirectory(configs.resolve("..one"));
    Path two = Files.createDirectory(configs.resolve("..two"));
    Files.writeString(one.resolve("a"), "{\"times\": 31}");
    Files.writeString(two.resolve("a"), "{\"times\": 32}");
    Path data = configs.resolve("..data");
    Files.createSymbolicLink(data, one.getFileName());
    Files.createSymbolicLink(configs.resolve(ALPHA + ".cfg.json"), Path.of("..data/a"));
    try {
      inForce("31 ");
      Files.createSymbolicLink(configs.resolve("..tmp"), two.getFileName());
      Files.move(configs.resolve("..tmp"), data, StandardCopyOption.ATOMIC_MOVE);
      inForce("32 ");
    } finally {
      Files.delete(configs.resolve(ALPHA + ".cfg.json"));
      Files.delete(data);
      for (Path folder : new Path[] {one, two}) {
        Files.delete(folder.resolve("a"));
        Files.delete(folder);
      }
    }
  }

  @Test
  void seesWhatViSaves() throws Exception {
    Path vi = Path.of("/usr/bin/vi");
    Assumptions.assumeTrue(Files.exists(vi), "there is no vi here: apt install vim-tiny");
    long before = sluice.saveGood(ALPHA, "{\"times\": 41}");
    Path file = configs.resolve(ALPHA + ".cfg.json");
    long longest = 0;
    for (String backup : new String[] {"nobackup", "backup backupcopy=no"}) {
      String next = backup.startsWith("no") ? "42" : "43";
      long begun = System.nanoTime();
      Process edit =
          new ProcessBuilder(
                  vi.toString(),
                  "-es",
                  "-u",
                  "NONE",
                  "-c",
                  "set " + backup,
                  "-c",
                  "%s/4[0-9]/" + next + "/",
                  "-c",
                  "wq",
                  file.toString())
              .redirectErrorStream(true)
              .start();
      edit.getOutputStream().close();
      assertTrue(edit.waitFor(60, TimeUnit.SECONDS), "vi does not end");
      longest = Math.max(longest, System.nanoTime() - begun);
      assertTrue(Files.readString(file).contains(next), "vi did not write");
      inForce(next + " ");
    }
    long after = sluice.filesKept();
    assertTrue(after >= before + 2, () -> sluice.log().toString());
    // One that was held up may have had the file away for longer than a moment.
    if (longest < MOMENT) {
      assertEquals(before + 2, after, () -> sluice.log().toString());
    }
    assertTrue(sluice.status().problems().isEmpty());
  }

  @Test
  void doesNothingForATouch() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 51}");
    var before = sluice.must("alpha");
    int generations = sluice.log().size();
    Path file = configs.resolve(ALPHA + ".cfg.json");
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(3)));
    Thread.sleep(2500);
    sluice.save(ALPHA, "{\"times\": 51}");
    Thread.sleep(2500);
    assertEquals(before, sluice.must("alpha"));
    assertEquals(generations, sluice.log().size());
  }

  @Test
  void removesWhatIsRemoved() throws Exception {
    sluice.saveGood(RULE + "~one", "{\"source\": \"one\"}");
    sluice.saveGood(ALPHA, "{\"times\": 61}");
    assertEquals(1, sluice.must("rule one").made());
    Files.delete(configs.resolve(RULE + "~one.cfg.json"));
    Files.delete(configs.resolve(ALPHA + ".cfg.json"));
    inForce("3 ");
    sluice.filesKept();
    sluice.saveGood(RULE + "~one", "{\"source\": \"one\"}");
    assertEquals(2, sluice.must("rule one").made());
  }

  @Test
  void doesNotBelieveThatAFileIsGoneForAMoment() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 71}");
    Path file = configs.resolve(ALPHA + ".cfg.json");
    Path away = configs.resolve(".away");
    int moments = 0;
    for (int i = 0; i < 50 && moments < 10; i++) {
      var before = sluice.must("alpha");
      long begun = System.nanoTime();
      Files.move(file, away);
      // It is looked at more than once meanwhile.
      for (int looks = 0; looks < 2; looks++) {
        sluice.status();
        Thread.sleep(35);
      }
      Files.move(away, file);
      boolean moment = System.nanoTime() - begun < MOMENT;
      sluice.filesKept();
      // Only if this test was not held up itself.
      if (moment) {
        moments++;
        assertEquals(before, sluice.must("alpha"));
      }
    }
    Assumptions.assumeTrue(moments > 0, "too busy here to take a file away for a moment only");
  }

  @Test
  void takesASlowlyWrittenFileOnceAndWithoutAlarm() throws Exception {
    sluice.saveGood(ALPHA, "{\"times\": 81}");
    boolean steady = false;
    for (int times = 82; times < 92 && !steady; times++) {
      long before = sluice.status().inForce();
      String log = sluice.process().log();
      steady = writeSlowly("{\"times\": " + times + "}");
      inForce(times + " ");
      long after = sluice.filesKept();
      // Only if this test was not held up itself: what rests half written is told.
      if (steady) {
        assertEquals(before + 1, after, () -> sluice.log().toString());
        assertFalse(sluice.process().log().substring(log.length()).contains("refused"));
      }
    }
    Assumptions.assumeTrue(steady, "too busy here to write steadily");
  }

  /**
   * Writes alpha's file letter by letter.
   *
   * @return whether it never rested for longer than a moment, nor took long in all
   */
  private boolean writeSlowly(String text) throws Exception {
    long begun = System.nanoTime();
    long longest = 0;
    try (var out = Files.newOutputStream(configs.resolve(ALPHA + ".cfg.json"))) {
      long latest = begun;
      for (int i = 0; i < text.length(); i++) {
        out.write(text.charAt(i));
        out.flush();
        long now = System.nanoTime();
        longest = Math.max(longest, now - latest);
        latest = now;
        sluice.status();
        Thread.sleep(15);
      }
    }
    long all = System.nanoTime() - begun;
    return longest < MOMENT && all < Duration.ofMillis(900).toNanos();
  }
}
