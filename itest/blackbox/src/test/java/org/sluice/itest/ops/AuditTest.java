// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.SluiceProcess;

/** What was done to a running product, as it is written down. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class AuditTest {

  private static Path file(SluiceProcess sluice) {
    return sluice.home().resolve("var/audit/audit.jsonl");
  }

  private static void await(SluiceProcess sluice, String... words) throws Exception {
    sluice.awaitTrue(
        "an act with " + List.of(words),
        () ->
            Files.exists(file(sluice))
                && Files.readAllLines(file(sluice)).stream()
                    .anyMatch(line -> List.of(words).stream().allMatch(line::contains)));
  }

  @Test
  void configurationPluginsAndCommandsAreWrittenDownAndReadingIsNot() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.awaitTrue(
          "the health of the audit",
          () -> sluice.command("host:health").out().contains("ops.audit"));
      sluice.config("org.sluice.link.table", "{ \"history\": 999 }");
      await(sluice, "\"config-applied\"", "org.sluice.link.table", "\"done\"");
      sluice.config("org.sluice.link.table", "{ \"history\": \"many\" }");
      await(sluice, "\"config-refused\"", "org.sluice.link.table.cfg.json", "\"refused\"");
      sluice.put(sluice.plugins().resolve("bad.jar"), new byte[] {'P', 'K', 3, 4});
      await(sluice, "\"plugin-quarantined\"", "\"bad.jar\"", "\"refused\"");
      sluice.command("link:list");
      sluice.command("host:release", "bad.jar");
      await(sluice, "\"command\"", "host:release bad.jar", "\"user ");
      List<String> lines = Files.readAllLines(file(sluice));
      assertFalse(lines.stream().anyMatch(line -> line.contains("link:list")), lines::toString);
      assertEquals(
          "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file(sluice))));
      SluiceProcess.Answer shown = sluice.command("host:audit");
      assertEquals(0, shown.exit(), shown::toString);
      assertTrue(shown.out().contains("plugin-quarantined"), shown::toString);
    }
  }

  /** Monitoring asks all day long: neither the log nor the audit may grow by that. */
  @Test
  void readingLeavesNoLine() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.awaitTrue(
          "the health of the audit",
          () -> sluice.command("host:health").out().contains("ops.audit"));
      sluice.awaitTrue(
          "HTTP",
          () -> {
            try {
              return sluice.http("/metrics").statusCode() == 200;
            } catch (java.io.IOException e) {
              return false;
            }
          });
      sluice.awaitTrue("the links", () -> sluice.command("link:list").exit() == 0);
      // What was asked before there was a command for it is another matter. This comes after it.
      sluice.command("host:release", "first.jar");
      await(sluice, "\"command\"", "host:release first.jar", "\"failed\"");
      sluice.awaitTrue("the log", () -> sluice.log().contains("host:release first.jar"));
      int mark = sluice.log().length();
      long size = Files.exists(file(sluice)) ? Files.size(file(sluice)) : 0;
      for (int i = 0; i < 20; i++) {
        assertEquals(0, sluice.command("link:list").exit());
        assertEquals(200, sluice.http("/metrics").statusCode());
        sluice.http("/health");
      }
      // It changes something, and comes after all of them.
      sluice.command("host:release", "nothing.jar");
      await(sluice, "\"command\"", "host:release nothing.jar", "\"failed\"");
      sluice.awaitTrue("the log", () -> sluice.log().contains("host:release nothing.jar"));
      String log = sluice.log().substring(mark);
      assertFalse(log.contains("link:list"), log);
      assertFalse(log.contains("host:health"), log);
      String written = Files.readString(file(sluice)).substring((int) size);
      assertFalse(written.contains("link:list"), written);
      assertFalse(written.contains("/metrics"), written);
    }
  }

  @Test
  void nothingIsWrittenDownWhenItIsTurnedOff() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      sluice.launch();
      sluice.awaitTrue(
          "the health of the audit",
          () -> sluice.command("host:health").out().contains("ops.audit"));
      sluice.config("org.sluice.ops.audit", "{ \"enabled\": false }");
      sluice.awaitTrue(
          "the audit to end",
          () -> sluice.command("host:health").out().contains("acts are not written down"));
      Path before = file(sluice);
      long size = Files.exists(before) ? Files.size(before) : 0;
      sluice.config("org.sluice.link.table", "{ \"history\": 998 }");
      sluice.awaitTrue(
          "the configuration",
          () -> sluice.command("config:log", "--json").out().contains("org.sluice.link.table"));
      assertEquals(size, Files.exists(before) ? Files.size(before) : 0);
    }
  }
}
