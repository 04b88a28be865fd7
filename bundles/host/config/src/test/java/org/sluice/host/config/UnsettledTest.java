// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.sluice.host.api.ConfigProblem;

class UnsettledTest {
  private static final String FILE = "a.cfg.json";
  private static final Snapshot THERE = new Snapshot(Map.of(FILE, "{}"), List.of(), Map.of(), "1");
  private static final Snapshot GONE = new Snapshot(Map.of(), List.of(), Map.of(), "2");
  private static final Checked BROKEN =
      new Checked(
          Map.of(),
          List.of(new ConfigProblem(ConfigProblem.Severity.ERROR, FILE, 1, 1, "", "broken", "")));

  @TempDir private Path path;
  private ConfigFolder folder;
  private Unsettled unsettled;
  private long now = 1;

  @BeforeEach
  void open() {
    folder = new ConfigFolder(path);
    unsettled = new Unsettled(folder, () -> now);
  }

  private void pass(long millis) {
    now += Duration.ofMillis(millis).toNanos();
  }

  private boolean gone() {
    return unsettled.gone(THERE, GONE, now);
  }

  @Test
  void believesThatAFileIsGoneWhenItStaysSo() {
    for (int i = 0; i < 5; i++) {
      assertTrue(gone());
      assertTrue(unsettled.waiting());
      pass(40);
    }
    assertFalse(gone());
    assertFalse(unsettled.waiting());
  }

  @Test
  void doesNotBelieveTwoLooksWithAPauseBetweenThem() {
    assertTrue(gone());
    pass(10_000);
    assertTrue(gone());
    assertTrue(gone());
    assertFalse(gone());
  }

  @Test
  void doesNotCountAPauseWithinALook() {
    for (int i = 0; i < 4; i++) {
      assertTrue(gone());
    }
    long begun = now;
    pass(10_000);
    assertTrue(unsettled.gone(THERE, GONE, begun));
  }

  @Test
  void beginsAnewWhenTheFileWasThereInBetween() {
    for (int i = 0; i < 4; i++) {
      assertTrue(gone());
    }
    unsettled.calm();
    assertFalse(unsettled.waiting());
    pass(10_000);
    assertTrue(gone());
  }

  private void write(String text) throws Exception {
    Path file = Files.writeString(path.resolve(FILE), text);
    Files.setLastModifiedTime(file, FileTime.from(Instant.now().minusSeconds(60)));
  }

  @Test
  void looksAgainWhenABrokenFileIsNotAsItWasRead() throws Exception {
    write("{");
    String read = folder.stamp();
    assertFalse(unsettled.broken(BROKEN, read, now));
    write("{}");
    assertTrue(unsettled.broken(BROKEN, read, now));
    assertTrue(unsettled.waiting());
    assertFalse(unsettled.broken(new Checked(Map.of(), List.of()), folder.stamp(), now));
    assertFalse(unsettled.waiting());
  }

  @Test
  void countsTheAgeOfABrokenFileFromTheMomentItWasRead() throws Exception {
    Files.writeString(path.resolve(FILE), "{");
    long begun = now;
    // However long this test takes to get here.
    pass(Duration.ofDays(1).toMillis());
    assertTrue(unsettled.broken(BROKEN, folder.stamp(), begun));
  }

  @Test
  void tellsOfABrokenFileThatIsWrittenAgainAndAgain() throws Exception {
    write("{");
    for (int i = 0; i < 4; i++) {
      assertTrue(unsettled.broken(BROKEN, "another", now));
      pass(333);
    }
    assertFalse(unsettled.broken(BROKEN, "another", now));
  }
}
