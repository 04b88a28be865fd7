// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.audit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditFilesTest {
  private static final Instant TIME = Instant.parse("2026-11-21T10:00:00Z");

  @TempDir Path home;

  private AuditFiles files(long size, int kept) {
    return new AuditFiles(home.resolve("var/audit"), size, kept, Duration.ofDays(90));
  }

  private static Act act(int second) {
    return new Act(
        0, TIME.plusSeconds(second), "did", "file", "it", "done", Map.of("second", "" + second));
  }

  private List<Long> numbers(AuditFiles files) throws Exception {
    return files.last(1000).stream()
        .map(line -> Long.parseLong(line.replaceAll("^\\{\"number\": ?(\\d+).*", "$1")))
        .toList();
  }

  @Test
  void numbersGoOnOverRestartsAndWhatACrashLeftBehind() throws Exception {
    try (AuditFiles files = files(1 << 20, 3)) {
      files.append(act(1));
      files.append(act(2));
    }
    Path current = home.resolve("var/audit/audit.jsonl");
    assertEquals(
        "rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(current)));
    assertEquals(
        "rwx------",
        PosixFilePermissions.toString(Files.getPosixFilePermissions(current.getParent())));
    Files.writeString(current, "{\"number\":99,\"time\":\"20", StandardOpenOption.APPEND);
    try (AuditFiles files = files(1 << 20, 3)) {
      files.append(act(3));
      assertEquals(List.of(1L, 2L, 3L), numbers(files), "the torn line is nobody's");
      assertTrue(Files.readString(current).endsWith("}\n"));
    }
  }

  @Test
  void filesArePutAsideAndTheOldestGo() throws Exception {
    try (AuditFiles files = files(1, 2)) {
      for (int i = 1; i <= 5; i++) {
        files.append(act(i));
      }
      assertEquals(List.of(4L, 5L), numbers(files), "one line a file, two files kept");
      Path folder = home.resolve("var/audit");
      try (var all = Files.list(folder)) {
        Path oldest = all.sorted().findFirst().orElseThrow();
        Files.setLastModifiedTime(oldest, FileTime.from(TIME.minus(Duration.ofDays(91))));
      }
      files.sweep(TIME);
      assertEquals(List.of(5L), numbers(files), "too old");
    }
    try (AuditFiles files = files(1 << 20, 2)) {
      files.append(act(6));
      assertEquals(List.of(5L, 6L), numbers(files), "the number is known from a file put aside");
    }
  }

  @Test
  void aFileThatCannotBeWrittenLosesOnlyWhatIsToldMeanwhile() throws Exception {
    try (AuditFiles files = files(1 << 20, 2)) {
      Files.createDirectories(home.resolve("var"));
      Path folder = Files.writeString(home.resolve("var/audit"), "in the way");
      org.junit.jupiter.api.Assertions.assertThrows(
          java.io.IOException.class, () -> files.append(act(1)));
      Files.delete(folder);
      files.append(act(2));
      assertEquals(List.of(1L), numbers(files));
    }
  }

  private static LogRecord record(String message, Object... parameters) {
    LogRecord record = new LogRecord(Level.INFO, message);
    record.setParameters(parameters);
    return record;
  }

  @Test
  void fieldsAreTakenFromTheTemplateNotFromTheirValues() {
    Act act =
        Act.of(
                record(
                    "plugin-removed actor=files subject=\"{0}\" bundle={1}",
                    "a\" outcome=failed x=\"y.jar", "b"))
            .orElseThrow();
    assertEquals("plugin-removed", act.action());
    assertEquals("files", act.actor());
    assertEquals("a\" outcome=failed x=\"y.jar", act.subject());
    assertEquals("done", act.outcome());
    assertEquals(Map.of("bundle", "b"), act.details());
  }

  @Test
  void aCommandIsAnActUnlessItOnlyReads() {
    String template = "command user={0} role={1} exit={2} ms={3} command=\"{4}\" reads={5}";
    Act act =
        Act.of(record(template, "root", "FULL", "1", "3", "host:release x", "false")).orElseThrow();
    assertEquals("user root", act.actor());
    assertEquals("host:release x", act.subject());
    assertEquals("failed", act.outcome());
    assertTrue(Act.of(record(template, "root", "FULL", "0", "3", "link:list", "true")).isEmpty());
  }
}
