// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.sluice.host.api.Outcome;
import org.sluice.host.api.Prose;

class ViewTest {
  enum State {
    ACTIVE,
    QUARANTINED
  }

  record Row(String fileName, State state, int swaps, Optional<String> why) {}

  record Whole(String name, List<Row> rows, List<String> tags, Map<String, Integer> counts) {}

  record Address(String text) {
    @Override
    public String toString() {
      return "<" + text + ">";
    }
  }

  record Pair(Address own, Row generated) {}

  sealed interface Event {}

  record Added(int id) implements Event {}

  record Gone(int id, String why) implements Event {}

  private static final List<Row> ROWS =
      List.of(
          new Row("a.jar", State.ACTIVE, 3, Optional.empty()),
          new Row("longer.jar", State.QUARANTINED, 12, Optional.of("no reason given")));

  private static String text(@Nullable Object value, Terminal terminal) {
    StringBuilder out = new StringBuilder();
    new View(terminal, o -> "foreign " + o).text(value, out::append);
    return out.toString();
  }

  private static String text(@Nullable Object value) {
    return text(value, Terminal.NONE);
  }

  private static String json(@Nullable Object value) {
    StringBuilder out = new StringBuilder();
    new View(Terminal.NONE, String::valueOf).json(value, out::append);
    return out.toString();
  }

  @Test
  void rowsAreAlignedNumbersToTheRightAndNothingTrails() {
    assertEquals(
        """
        file name   state        swaps  why
        a.jar       ACTIVE           3
        longer.jar  QUARANTINED     12  no reason given
        """,
        text(ROWS));
  }

  @Test
  void nothingIsSaidToBeNothing() {
    assertEquals("none\n", text(List.of()));
    assertEquals("none\n", text(Stream.empty()));
    assertEquals("none\n", text(Map.of()));
    assertEquals("", text(null));
  }

  @Test
  void oneRecordIsAListOfItsValuesWithItsListsBelow() {
    assertEquals(
        """
        name:    x
        tags:    a, b
        counts:  one=1

        rows:
          file name   state        swaps  why
          a.jar       ACTIVE           3
          longer.jar  QUARANTINED     12  no reason given
        """,
        text(new Whole("x", ROWS, List.of("a", "b"), Map.of("one", 1))));
  }

  @Test
  void aRecordWithItsOwnFormKeepsItWithinACell() {
    assertEquals(
        """
        own:        <1.2.3.4>
        generated:  fileName=f state=ACTIVE swaps=0 why=
        """,
        text(new Pair(new Address("1.2.3.4"), new Row("f", State.ACTIVE, 0, Optional.empty()))));
  }

  @Test
  void proseOutcomeAndOthersAreShownTheirOwnWay() {
    Prose tree = () -> "a\n  b";
    assertEquals("a\n  b\n", text(tree));
    assertEquals("all well\n", text(new Outcome(true, List.of(), "all well")));
    assertTrue(text(new Outcome(false, ROWS, "bad")).endsWith("no reason given\nbad\n"));
    assertEquals("foreign class java.lang.Object\n", text(Object.class));
    assertEquals("1.5 s\n", text((Object) List.of(Duration.ofMillis(1500))));
    assertEquals("1, 2\n".replace(", ", "\n"), text(new int[] {1, 2}));
  }

  @Test
  void theTerminalIsNeverObeyedWhatComesFromOutside() {
    String evil = "\u001b]0;x\u0007\u001b[2J\r\n\u009b31m\u202e\u0000";
    for (String shown :
        List.of(
            text(List.of(new Address(evil))),
            text(new Row(evil, State.ACTIVE, 0, Optional.of(evil))),
            text(Map.of(evil, evil)),
            text(evil),
            text(List.of(evil)),
            text(Stream.of(new Row(evil, State.ACTIVE, 0, Optional.empty()))),
            text((Prose) () -> evil),
            text(new Outcome(true, List.of(), evil)))) {
      assertTrue(
          shown
              .chars()
              .noneMatch(c -> (c < ' ' && c != '\n') || (c >= 0x7f && c < 0xa0) || c == 0x202e),
          shown);
    }
  }

  @Test
  void inATerminalWideColumnsWrapAndTooManyBecomeBlocks() {
    Row wordy = new Row("a.jar", State.QUARANTINED, 1, Optional.of("word ".repeat(20).strip()));
    String wrapped = text(List.of(wordy), new Terminal(60, false));
    assertTrue(wrapped.lines().allMatch(l -> Width.of(l) <= 60), wrapped);
    assertTrue(wrapped.startsWith("file name"), wrapped);
    assertEquals(20, wrapped.split("word", -1).length - 1, wrapped);
    String blocks = text(List.of(wordy, wordy), new Terminal(40, false));
    assertTrue(blocks.lines().allMatch(l -> Width.of(l) <= 40), blocks);
    assertTrue(blocks.startsWith("file name:"), blocks);
  }

  @Test
  void aTextWithoutBlanksIsBrokenAnywhereAndLosesNothing() {
    assertEquals(List.of("abcd", "efgh", "i"), Table.wrap("abcdefghi", 4));
    assertEquals(List.of("ab cd", "ef"), Table.wrap("ab cd ef", 5));
    assertEquals(List.of("漢字", "漢"), Table.wrap("漢字漢", 5));
  }

  @Test
  void widthCountsColumnsNotCharacters() {
    assertEquals(4, Width.of("漢字"));
    assertEquals(1, Width.of("e\u0301"));
    assertEquals(2, Width.of("😀"));
    assertEquals(5, Width.of("✓ abc"));
  }

  @Test
  void coloursOnlyWhenAskedFor() {
    assertFalse(text(ROWS).contains("\u001b"));
    String colored = text(ROWS, new Terminal(200, true));
    assertTrue(colored.contains("\u001b[32mACTIVE"), colored);
    assertTrue(colored.contains("\u001b[31mQUARANTINED"), colored);
  }

  @Test
  void aStreamIsShownAsItComesAndClosed() {
    AtomicBoolean closed = new AtomicBoolean();
    StringBuilder out = new StringBuilder();
    Stream<Row> rows = ROWS.stream().peek(r -> out.append("| ")).onClose(() -> closed.set(true));
    new View(Terminal.NONE, String::valueOf).text(rows, out::append);
    assertEquals(
        """
        | file name  state   swaps  why
        a.jar      ACTIVE  3
        | longer.jar  QUARANTINED  12     no reason given
        """,
        out.toString());
    assertTrue(closed.get());
  }

  @Test
  void eventsOfAClosedSetAreLinesOfTheirOwn() {
    assertEquals(
        "Added id=1\nGone id=1 why=removed\n",
        text(Stream.of(new Added(1), new Gone(1, "removed"))));
  }

  @Test
  void jsonOfEverything() {
    assertEquals("null\n", json(null));
    assertEquals("[]\n", json(List.of()));
    assertEquals("{\"id\":0}\n{\"id\":1}\n", json(IntStream.range(0, 2).mapToObj(Added::new)));
    assertEquals("[\n  1,\n  2\n]\n", json(new int[] {1, 2}));
    assertEquals("\"1970-01-01T00:00:00Z\"\n", json(Instant.EPOCH));
  }
}
