// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.itest.PluginJar;
import org.sluice.itest.SluiceProcess;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;

/** The log: its two formats under attack, its limits, its levels, and who ends up in it. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
class LogTest {
  private static final String PID = "org.sluice.ops.log";
  private static final Pattern LOGFMT =
      Pattern.compile(
          "ts=\\S+Z level=(error|warn|info|debug|trace) src=(\\S+|\"[^\\n]*\") msg=\"[^\\n]*");
  private static final String HOSTILE =
      "hello\nts=2026-01-01T00:00:00Z level=error src=org.sluice.host msg=\"forged\"\r\u2028\u0085"
          + "\u001b[31m\" level=error x=\"y";

  private static void configure(SluiceProcess sluice, String text) throws Exception {
    int before = changes(sluice);
    sluice.config(PID, text);
    sluice.awaitTrue("the configuration to be in force", () -> changes(sluice) > before);
  }

  private static int changes(SluiceProcess sluice) {
    return (int) lines(sluice, "in force").stream().filter(l -> l.contains(PID)).count();
  }

  /** The log without a line of which the rest is yet to come. */
  private static String whole(SluiceProcess sluice) {
    String log = sluice.log();
    return log.substring(0, log.lastIndexOf('\n') + 1);
  }

  private static List<String> lines(SluiceProcess sluice, String with) {
    return whole(sluice).lines().filter(line -> line.contains(with)).toList();
  }

  private static void log(SluiceProcess sluice, String name, String level, int count) {
    SluiceProcess.Answer answer = sluice.command("probe:log", name, level, "" + count);
    assertEquals(0, answer.exit(), answer.toString());
  }

  @Test
  void everyLineIsARecordWhateverIsLogged() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      Probe.set(sluice, "text", HOSTILE);
      log(sluice, "probe.hostile", "INFO", 1);
      sluice.awaitTrue("the record", () -> !lines(sluice, "src=probe.hostile").isEmpty());
      assertEquals(0, sluice.command("probe:fail", "probe.stack").exit());
      sluice.awaitTrue("the stack", () -> !lines(sluice, "src=probe.stack").isEmpty());
      for (String line : whole(sluice).split("\n", -1)) {
        assertTrue(line.isEmpty() || LOGFMT.matcher(line).matches(), line);
        assertFalse(line.matches(".*[\\p{Cntrl}\u0085\u2028].*"), line);
        assertFalse(line.startsWith("ts=2026-01-01T00:00:00Z"), line);
      }
      String stack = lines(sluice, "src=probe.stack").getFirst();
      assertTrue(stack.contains(" msg=\"a stack follows\" key=value "), stack);
      assertTrue(
          stack.contains(" error=\"java.lang.IllegalStateException: outer\\nlevel=info\""), stack);
      assertTrue(stack.contains("\\nCaused by: java.lang.RuntimeException: inner\\n"), stack);

      configure(sluice, "{\"format\": \"json\"}");
      int before = whole(sluice).length();
      log(sluice, "probe.hostile", "INFO", 1);
      assertEquals(0, sluice.command("probe:fail", "probe.stack").exit());
      sluice.awaitTrue("the stack", () -> whole(sluice).indexOf("probe.stack", before) > 0);
      List<JsonValue> records = new ArrayList<>();
      for (String line : whole(sluice).substring(before).split("\n", -1)) {
        if (!line.isEmpty()) {
          records.add(json(line));
          assertFalse(line.matches(".*[\\p{Cntrl}\u0085\u2028].*"), line);
        }
      }
      JsonValue hostile = of(records, "probe.hostile");
      assertEquals(HOSTILE, Json.text(hostile, "msg"), "nothing is lost either");
      assertEquals("info", Json.text(hostile, "level"));
      assertEquals("value", Json.text(of(records, "probe.stack"), "key"));
    }
  }

  private static JsonValue json(String line) {
    try {
      return JsonReader.read(line);
    } catch (JsonException e) {
      throw new AssertionError(e.getMessage() + " at " + e.place() + ": " + line);
    }
  }

  private static JsonValue of(List<JsonValue> records, String source) {
    return records.stream()
        .filter(record -> Json.text(record, "src").equals(source))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void aFloodIsLimitedAndCounted() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      Probe.set(sluice, "text", "the same again");
      log(sluice, "probe.flood", "WARNING", 5000);
      String count = " msg=\"records of one kind came too fast and were not written\" suppressed=";
      // A count may come in the midst of it, when the flood stops for a moment.
      sluice.awaitTrue(
          "every record to be written or counted",
          () -> lines(sluice, "src=probe.flood").size() + suppressed(sluice) == 5000);
      int written = lines(sluice, "src=probe.flood").size();
      assertTrue(written >= 20 && written < 200, "written " + written);
      assertTrue(lines(sluice, count).stream().anyMatch(l -> l.contains(" of=probe.flood ")));
      Probe.set(sluice, "text", "another text");
      log(sluice, "probe.flood", "WARNING", 1);
      sluice.awaitTrue("another kind", () -> !lines(sluice, "msg=\"another text\"").isEmpty());
    }
  }

  private static long suppressed(SluiceProcess sluice) {
    return lines(sluice, " suppressed=").stream()
        .filter(line -> line.contains("probe.flood"))
        .mapToLong(line -> Long.parseLong(line.replaceAll(".* suppressed=(\\d+).*", "$1")))
        .sum();
  }

  @Test
  void levelsChangeWhileRunning() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      Probe.set(sluice, "text", "finely said");
      log(sluice, "probe.fine.one", "DEBUG", 1);
      configure(sluice, "{\"levels\": [\"probe.fine=debug\", \"probe.quiet=error\"]}");
      log(sluice, "probe.fine.two", "DEBUG", 1);
      log(sluice, "probe.other", "DEBUG", 1);
      log(sluice, "probe.quiet", "WARNING", 1);
      log(sluice, "probe.quiet", "ERROR", 1);
      sluice.awaitTrue("the error", () -> !lines(sluice, "src=probe.quiet").isEmpty());
      assertEquals(0, lines(sluice, "src=probe.fine.one").size());
      assertEquals(1, lines(sluice, "src=probe.fine.two").size());
      assertEquals(0, lines(sluice, "src=probe.other").size());
      assertEquals(1, lines(sluice, "src=probe.quiet").size());
      configure(sluice, "{}");
      log(sluice, "probe.fine.two", "DEBUG", 1);
      log(sluice, "probe.quiet", "WARNING", 1);
      sluice.awaitTrue("the warning", () -> lines(sluice, "src=probe.quiet").size() == 2);
      assertEquals(1, lines(sluice, "src=probe.fine.two").size());
    }
  }

  @Test
  void aLevelThatIsNoneIsRefusedWithItsPlace() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.config(PID, "{\n  \"levels\": [\"probe=loud\"]\n}");
      sluice.awaitTrue("the refusal", () -> sluice.command("config:check").exit() == 1);
      String check = sluice.command("config:check").out();
      assertTrue(check.contains(PID) && check.contains("\"probe=loud\" is not NAME=LEVEL"), check);
    }
  }

  @Test
  void aComponentThatFailsIsOneRecord() throws Exception {
    PluginJar failing =
        PluginJar.named("failing", "1.0.0")
            .source(
                """
                package failing;

                import org.osgi.service.component.annotations.*;

                @Component(service = Broken.class, immediate = true)
                public class Broken {
                  @Activate
                  public Broken() {
                    throw new IllegalStateException("broken\\non purpose");
                  }
                }
                """)
            .make();
    try (SluiceProcess sluice = SluiceProcess.start()) {
      sluice.drop("failing.jar", failing);
      sluice.awaitTrue(
          "the record of the component runtime",
          () -> !lines(sluice, "component=failing.Broken").isEmpty());
      List<String> records =
          lines(sluice, "component=failing.Broken").stream()
              .filter(l -> l.contains("broken"))
              .toList();
      assertEquals(1, records.size(), records.toString());
      String record = records.getFirst();
      assertTrue(record.contains(" level=error "), record);
      assertTrue(record.contains("=failing"), record);
      assertTrue(record.contains(" stack=\""), record);
      for (String line : whole(sluice).split("\n", -1)) {
        assertTrue(line.isEmpty() || LOGFMT.matcher(line).matches(), line);
      }
    }
  }

  @Test
  void theShellShowsTheLastRecords() throws Exception {
    try (SluiceProcess sluice = Probe.start()) {
      Probe.set(sluice, "text", "shown in the shell");
      log(sluice, "probe.shown", "WARNING", 1);
      SluiceProcess.Answer one = sluice.command("host:log", "--level", "warn", "1");
      assertEquals(0, one.exit(), one.toString());
      assertEquals(1, one.out().lines().count(), one.out());
      assertTrue(one.out().contains("warn   probe.shown  shown in the shell"), one.out());
      assertEquals(2, sluice.command("host:log", "--level", "loud").exit());
      String json = sluice.command("host:log", "--level", "warn", "1", "--json").out();
      assertTrue(json.contains("\"source\":\"probe.shown\""), json);
    }
  }

  @Test
  void theJournalIsToldThePriority() throws Exception {
    try (SluiceProcess sluice = SluiceProcess.prepare()) {
      // The journal is known by what standard error is; here that is the file of the harness.
      Path log = Path.of("target", "logs", sluice.home().getFileName() + ".log");
      Files.createFile(log);
      String stream =
          Files.getAttribute(log, "unix:dev") + ":" + Files.getAttribute(log, "unix:ino");
      sluice.under("env", "JOURNAL_STREAM=" + stream).launch();
      Probe.drop(sluice);
      Probe.set(sluice, "text", "to the journal");
      log(sluice, "probe.journal", "INFO", 1);
      log(sluice, "probe.journal", "ERROR", 1);
      sluice.awaitTrue("the records", () -> lines(sluice, "src=probe.journal").size() == 2);
      List<String> told = lines(sluice, "src=probe.journal");
      assertTrue(told.get(0).startsWith("<6>ts="), told.get(0));
      assertTrue(told.get(1).startsWith("<3>ts="), told.get(1));
    }
  }
}
