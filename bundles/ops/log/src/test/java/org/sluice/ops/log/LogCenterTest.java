// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class LogCenterTest {
  private static final Output.Late NOTHING_LATE =
      new Output.Late() {
        @Override
        public boolean pending() {
          return false;
        }

        @Override
        public List<LogLine> lines() {
          return List.of();
        }
      };

  @Test
  void aBlockedReaderCostsLinesAndNobodyWaits() throws Exception {
    CountDownLatch open = new CountDownLatch(1);
    ByteArrayOutputStream written = new ByteArrayOutputStream();
    OutputStream blocked =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new UnsupportedOperationException("byte by byte");
          }

          @Override
          public void write(byte[] bytes) {
            try {
              open.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            written.writeBytes(bytes);
          }
        };
    try (Output output =
        new Output(blocked, line -> LineFormat.LOGFMT.write(line) + "\n", NOTHING_LATE).start()) {
      for (int i = 0; i < 10_000; i++) {
        output.write(LogLine.own("line " + i, Map.of()));
      }
      assertTrue(output.lost() > 5000, () -> "lost " + output.lost());
      open.countDown();
      // The end of it waits for two seconds only.
      while (!written.toString(StandardCharsets.UTF_8).contains("lost=")) {
        Thread.sleep(10);
      }
    }
    String text = written.toString(StandardCharsets.UTF_8);
    assertTrue(text.contains("msg=\"line 0\""));
    assertTrue(text.contains("records were lost because nobody read standard error\" lost="), text);
  }

  @Test
  void onlyTheLastAreKept() {
    Recent recent = new Recent(3);
    for (int i = 0; i < 10; i++) {
      recent.add(LogLine.own("line " + i, Map.of()));
    }
    assertEquals(
        List.of("line 8", "line 9"),
        recent.last(2, Severity.TRACE).stream().map(LogLine::message).toList());
    assertEquals(3, recent.last(100, Severity.WARN).size());
    assertEquals(0, recent.last(100, Severity.ERROR).size());
  }

  @Test
  void followingShowsWhatWasAndWhatComes() {
    Recent recent = new Recent(3);
    recent.add(LogLine.own("before", Map.of()));
    try (var lines = recent.follow(10, Severity.TRACE)) {
      recent.add(LogLine.own("after", Map.of()));
      assertEquals(List.of("before", "after"), lines.limit(2).map(LogLine::message).toList());
    }
  }

  @Test
  void theJournalIsKnownByDeviceAndInode(@TempDir Path folder) throws Exception {
    Path file = Files.createFile(folder.resolve("x"));
    String stream =
        Files.getAttribute(file, "unix:dev") + ":" + Files.getAttribute(file, "unix:ino");
    assertTrue(Journal.attached(stream, file));
    assertTrue(!Journal.attached("1:2", file));
    assertTrue(!Journal.attached(null, file));
  }

  @Test
  void levelsGoByTheLongestName() {
    Levels levels =
        new Levels(Severity.INFO, Map.of("a", Severity.ERROR, "a.b", Severity.TRACE), List.of());
    assertEquals(Severity.INFO, levels.least("x"));
    assertEquals(Severity.ERROR, levels.least("a"));
    assertEquals(Severity.ERROR, levels.least("a.x"));
    assertEquals(Severity.TRACE, levels.least("a.b.c.d"));
    assertEquals(Severity.INFO, levels.least("ab"));
    assertTrue(Levels.check("a.b=debug").isEmpty());
    assertTrue(Levels.check("a.b=loud").isPresent());
    assertTrue(Levels.check("debug").isPresent());
  }
}
