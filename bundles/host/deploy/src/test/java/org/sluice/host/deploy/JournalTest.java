// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {
  @TempDir Path folder;

  @Test
  void remembersWhatWasRefused() throws Exception {
    var entry =
        new Journal.Quarantined(
            "x.jar",
            "abc",
            new Refusal(Refusal.Kind.UNSATISFIED, "no \"service\"\n", "drop it", Set.of("a.B")),
            Instant.parse("2026-01-01T00:00:00Z"));
    Journal journal = new Journal(folder);
    journal.quarantine(entry);
    journal.write();
    assertEquals(entry, new Journal(folder).quarantined("x.jar"));
    journal.release("x.jar");
    journal.write();
    assertNull(new Journal(folder).quarantined("x.jar"));
  }

  @Test
  void countsTheStartsThatKilledTheProcess() throws Exception {
    new Journal(folder).starting("abc");
    new Journal(folder).starting("abc");
    assertEquals(2, new Journal(folder).deaths("abc"));
    assertEquals(2, new Journal(folder).deaths("abc"), "counted once each");
    Journal survived = new Journal(folder);
    survived.starting("abc");
    survived.started("abc");
    assertEquals(2, new Journal(folder).deaths("abc"));
  }

  @Test
  void suspectsWhatMayKillTheProcessAgain() throws Exception {
    assertFalse(new Journal(folder).suspects(2));
    new Journal(folder).starting("abc");
    assertTrue(new Journal(folder).suspects(2));
    new Journal(folder).starting("abc");
    assertFalse(new Journal(folder).suspects(2), "it is not started any more");
  }

  @Test
  void beginsAnewWhenItCannotBeRead() throws Exception {
    Files.writeString(folder.resolve("journal.json"), "{ \"quarantined\": [ { \"file\": ");
    assertEquals(0, new Journal(folder).allQuarantined().size());
    Files.writeString(folder.resolve("journal.json"), "{ \"good\": [ { \"file\": \"a\" } ] }");
    assertEquals(0, new Journal(folder).allGood().size());
  }
}
