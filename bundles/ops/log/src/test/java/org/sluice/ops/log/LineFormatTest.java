// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineFormatTest {
  private static final Instant TIME = Instant.parse("2026-01-02T03:04:05.678901Z");

  private static LogLine line(String message) {
    return RootHandler.line(TIME, Severity.WARN, "org.sluice.x", message, Map.of(), null);
  }

  @Test
  void pairsAtTheEndBecomeFields() {
    LogLine line = line("link is down name=eth0 reason=\"no carrier\" empty=");
    assertEquals(
        "ts=2026-01-02T03:04:05.678Z level=warn src=org.sluice.x msg=\"link is down\" name=eth0"
            + " reason=\"no carrier\" empty=\"\"",
        LineFormat.LOGFMT.write(line));
    assertEquals(
        "{\"ts\":\"2026-01-02T03:04:05.678Z\",\"level\":\"warn\",\"src\":\"org.sluice.x\","
            + "\"msg\":\"link is down\",\"name\":\"eth0\",\"reason\":\"no carrier\",\"empty\":\"\"}",
        LineFormat.JSON.write(line));
  }

  @Test
  void pairsInTheMiddleStayInTheText() {
    assertEquals("set a=1 because b=2 failed", line("set a=1 because b=2 failed").message());
    assertEquals("a=1 b=2", line("a=1 b=2").message());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"level=error", "src=org.sluice.host", "ts=0", "msg=x", "error=x", "stack=x"})
  void aMessageCannotSetTheKeysThatReadersTrust(String pair) {
    LogLine line = line("hello " + pair);
    assertEquals("hello " + pair, line.message());
    assertTrue(line.fields().isEmpty());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n",
        "\r",
        "\u0085",
        "\u2028",
        "\u2029",
        "\u001b[2J",
        "\u009b",
        "\u0000",
        "\u007f",
        "\u202e",
        "\u2066",
        "\u200b",
        "\ud800",
        "\udc00"
      })
  void nothingEndsALineOrMovesTheCursor(String hostile) {
    LogLine line =
        RootHandler.line(
            TIME,
            Severity.INFO,
            "s" + hostile,
            "m" + hostile + "ts=1 level=error k=v" + hostile,
            Map.of("f", hostile),
            new IllegalStateException("e" + hostile));
    for (LineFormat format : LineFormat.values()) {
      String text = format.write(line);
      for (int i = 0; i < hostile.length(); i++) {
        char c = hostile.charAt(i);
        if (c != '[' && c != '2' && c != 'J') {
          assertFalse(text.indexOf(c) >= 0, format + ": " + text);
        }
      }
    }
    assertFalse(line.prose().contains(hostile));
  }

  @Test
  void quotesCannotEndAValue() {
    LogLine line = line("x name=\"a\\\" level=error\"");
    assertEquals("a\" level=error", line.fields().get("name"));
    assertTrue(LineFormat.LOGFMT.write(line).endsWith("name=\"a\\\" level=error\""));
  }

  @Test
  void aStackIsOneFieldAndBounded() {
    Throwable deep = new IllegalStateException("boom\nlevel=error");
    for (int i = 0; i < 500; i++) {
      deep = new IllegalStateException("around " + i, deep);
    }
    LogLine line = RootHandler.line(TIME, Severity.ERROR, "s", "failed", Map.of(), deep);
    String text = LineFormat.LOGFMT.write(line);
    assertFalse(text.contains("\n"));
    assertTrue(text.contains(" stack=\"java.lang.IllegalStateException: around 499\\nat "), text);
    assertTrue(text.length() < 50_000, () -> "length " + text.length());
  }

  @Test
  void aLongMessageIsCut() {
    assertTrue(LineFormat.LOGFMT.write(line("x".repeat(1_000_000))).length() < 20_000);
  }

  @Test
  void aThrowableThatCannotTellItselfIsLoggedAllTheSame() {
    Throwable mute =
        new IllegalStateException() {
          private static final long serialVersionUID = 1L;

          @Override
          public String getMessage() {
            throw new UnsupportedOperationException("no");
          }
        };
    LogLine line = RootHandler.line(TIME, Severity.ERROR, "s", "failed", Map.of(), mute);
    assertTrue(line.fields().getOrDefault(Fields.ERROR, "").contains("cannot tell its message"));
  }
}
