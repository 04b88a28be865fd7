// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.docs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The test of the documentation can fail. */
class DocumentationRulesTest {
  private static final String PAGE =
      """
      # Title
      <!-- doctest: needs root -->
      ```console
      $ cat > x <<'EOF'
      $ not a command
      EOF
      $ cat x
      $$ odd
      $ one \\
        two
      out
      …
      ```
      Text.
      ```text
      sluice run is fine in a sentence
      ```
      """;

  @Test
  void findsCommandsAndTheirOutput() {
    Page page = parse(PAGE.replace("$$ odd", "odd"));
    assertEquals(3, page.steps().size());
    assertEquals("cat > x <<'EOF'\n$ not a command\nEOF", page.steps().get(0).command());
    assertEquals(List.of(), page.steps().get(0).expected());
    assertEquals(new Page.Step(7, "cat x", 8, List.of("odd")), page.steps().get(1));
    assertEquals(new Page.Step(9, "one \\\n  two", 11, List.of("out", "…")), page.steps().get(2));
    assertEquals(Set.of("needs root"), page.directives());
  }

  @Test
  void nobodyCanDodge() {
    for (String block :
        List.of(
            "```text\n$ ls\n```",
            "```sh\n./sluice link:list\n```",
            "```\n./sluice --home x run\n```",
            "~~~bash\nsudo ./sluice run\n~~~",
            "```console\nls\n```")) {
      assertEquals(1, parse(block).dodged().size(), block);
    }
    assertEquals(List.of(), parse("```json\n{\"a\": \"$ x\"}\n```").dodged());
  }

  @Test
  void comparesWithWildcards() {
    assertMatches("a\n…\nd", "a\nb\nc\nd\n");
    assertMatches("a\n…\nd", "a\nd\n");
    assertMatches("{\n  …\n}", "{\n  1\n  2\n}");
    assertMatches("took … ms", "took 12 ms");
    assertMatches("…", "");
    assertMatches("", "\n\n");
    assertMatches("a  b", "a       b   ");
    assertMatches("x … y …", "x 1 y 2");
    assertMatches("plain (regex*)", "plain (regex*)");
    assertMatches("green", "\u001b[32mgreen\u001b[0m");
  }

  @Test
  void seesADifference() {
    assertEquals(Optional.of(1), mismatch("a\nb", "a\nc"));
    assertEquals(Optional.of(2), mismatch("a\nb", "a\nb\nc"));
    assertEquals(Optional.of(0), mismatch("a", ""));
    assertEquals(Optional.of(0), mismatch("took … ms", "took 12 s"));
    assertEquals(Optional.of(2), mismatch("a\n…\nd", "a\nb\nc"));
    assertTrue(mismatch("", "surprise").isPresent());
  }

  @Test
  void aReaderSeesAWrongAnswerAndAWrongExit() throws Exception {
    try (Reader reader = new Reader()) {
      assertEquals("", reader.follow(step("cd examples; X=1", List.of())));
      assertEquals("", reader.follow(step("echo $X ${PWD##*/}", List.of("1 examples"))));
      String wrong = reader.follow(step("echo two", List.of("one")));
      assertTrue(wrong.startsWith("line 8: $ echo two") && wrong.contains("page >> one"), wrong);
      String failed = reader.follow(step("false", List.of()));
      assertTrue(failed.contains("exit code 1"), failed);
    }
  }

  private static Page.Step step(String command, List<String> expected) {
    return new Page.Step(7, command, 8, expected);
  }

  private static Page parse(String text) {
    return Page.parse(Path.of("page.md"), text.lines().toList());
  }

  private static Optional<Integer> mismatch(String page, String output) {
    return new Expectation(page.lines().toList()).mismatch(output);
  }

  private static void assertMatches(String page, String output) {
    assertEquals(Optional.empty(), mismatch(page, output), page);
  }
}
