// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.sluice.itest.config.ConfiguredSluice.ALPHA;
import static org.sluice.itest.config.ConfiguredSluice.BETA;
import static org.sluice.itest.config.ConfiguredSluice.GAMMA;
import static org.sluice.itest.config.ConfiguredSluice.IDLE;
import static org.sluice.itest.config.ConfiguredSluice.ILL;

import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** Files that are valid and do harm all the same: taken back whole, and told. */
@Timeout(value = 300, unit = TimeUnit.SECONDS)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RollbackTest {
  private ConfiguredSluice sluice;
  private long good;

  @BeforeAll
  void start() throws Exception {
    sluice = ConfiguredSluice.start();
  }

  @AfterAll
  void stop() {
    if (sluice != null) {
      sluice.close();
    }
  }

  @BeforeEach
  void good() throws Exception {
    good =
        sluice.only(
            Map.of(ALPHA, "{\"times\": 7}", BETA, "{\"name\": \"good\"}", GAMMA, "{\"level\": 5}"));
  }

  /** Everything as before, the failed generation in the log, and the reason told. */
  private void takenBack(String... words) throws Exception {
    var status = sluice.refused(words);
    assertEquals(good, status.inForce(), status::toString);
    assertFalse(status.current());
    assertTrue(status.tells("rolled back to generation " + good), status::toString);
    var failed = sluice.log().getFirst();
    assertEquals("ROLLED_BACK", failed.state(), () -> sluice.log().toString());
    sluice.awaitValues("alpha", "7 ");
    sluice.awaitValues("beta", "2000 good");
    sluice.awaitValues("gamma", "5");
    sluice
        .process()
        .awaitTrue("word of it in the log", () -> sluice.process().log().contains(words[0]));
  }

  @Test
  void whenAComponentCannotBeMade() throws Exception {
    sluice.save(ALPHA, "{\n  \"times\": 8,\n  \"fail\": true\n}");
    takenBack("asked to fail", ALPHA + ".cfg.json", "component org.sluice.itest.probe.Alpha");
    // Not tried again by itself, nor for a touch.
    int generations = sluice.log().size();
    Thread.sleep(2500);
    assertEquals(generations, sluice.log().size());
    sluice.process().command("config:retry");
    sluice.process().awaitTrue("another attempt", () -> sluice.log().size() == generations + 1);
    takenBack("asked to fail");
    // The next good save is taken as ever.
    assertTrue(sluice.saveGood(ALPHA, "{\"times\": 9}") > good);
    assertTrue(sluice.values("alpha").startsWith("9 "));
  }

  @Test
  void whenAComponentThrowsInModified() throws Exception {
    sluice.save(GAMMA, "{\"level\": 6, \"explode\": true}");
    takenBack("asked to explode", GAMMA + ".cfg.json");
  }

  @Test
  void whenAComponentHangsInModified() throws Exception {
    sluice.save(GAMMA, "{\"level\": 6, \"hangMillis\": 60000}");
    takenBack("Gamma.modified does not return");
  }

  @Test
  void whenAComponentThatNobodyUsesCouldNotBeMade() throws Exception {
    sluice.save(IDLE, "{\"fail\": true}");
    takenBack("asked to fail when used");
  }

  @Test
  void whenAHealthCheckTurnsCritical() throws Exception {
    sluice.save(ILL, "{\"from\": 0}");
    takenBack("itest.ill is critical", "asked to be ill");
  }

  @Test
  void whenAHealthCheckTurnsCriticalLater() throws Exception {
    sluice.save(ILL, "{\"from\": 700}");
    takenBack("itest.ill is critical", "asked to be ill");
  }

  @Test
  void notWhenAHealthCheckIsCriticalForAMoment() throws Exception {
    sluice.saveGood(ILL, "{\"from\": 0, \"to\": 600}");
    assertTrue(sluice.status().current());
    assertEquals("COMMITTED", sluice.log().getFirst().state());
  }

  @Test
  void wholeAlsoWhenOnlyOneOfSeveralFilesDoesHarm() throws Exception {
    // As long as one file is broken nothing is taken, so that both are tried together.
    sluice.save(ALPHA, "{\"times\": 8");
    sluice.refused(ALPHA + ".cfg.json", "expected ','");
    sluice.save(BETA, "{\"name\": \"new\"}");
    sluice.save(ALPHA, "{\"times\": 8, \"fail\": true}");
    takenBack("asked to fail");
  }
}
