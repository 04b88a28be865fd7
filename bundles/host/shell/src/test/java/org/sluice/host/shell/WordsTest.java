// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WordsTest {

  @Test
  void splitsAtBlanksAndTakesQuotesAway() {
    assertEquals(
        Optional.of(List.of("link:show", "eth 0", "it's", "", "key=value")),
        Words.plain("  link:show 'eth 0' \"it's\" '' key=value "));
    assertEquals(Optional.of(List.of("a$b;c")), Words.plain("'a$b;c'"));
    assertEquals(Optional.of(List.of()), Words.plain("  "));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "link:list | grep x",
        "link:list;host:release x",
        "link:list && host:release x",
        "link:list > /tmp/x",
        "link:show $x",
        "link:show \"$x\"",
        "link:show (host:release x)",
        "link:show `id`",
        "{ link:list }",
        "[link:list]",
        "x = (link:list)",
        "= link:list",
        "link:list\nhost:release x",
        "link:list\rhost:release x",
        "link:list \\",
        "link:list 'open",
        "%(1+1)",
        "link:list <x",
        "link:list #x"
      })
  void whatMeansSomethingToGogoIsNotPlain(String line) {
    assertTrue(Words.plain(line).isEmpty(), line);
  }

  @Test
  void takesTheOptionAwayOutsideOfQuotesOnly() {
    assertEquals("link:list  | grep x", Words.without("link:list --json | grep x", "--json"));
    assertEquals("(link:list ) get 0", Words.without("(link:list --json) get 0", "--json"));
    for (String kept :
        List.of(
            "echo '--json'",
            "echo \"a --json b\"",
            "echo x--json",
            "echo --jsonx",
            "echo \\--json")) {
      assertEquals(kept, Words.without(kept, "--json"));
    }
  }

  @Test
  void aRequestKnowsWhetherItIsJsonAndWhetherItIsALine() {
    Request words = Request.ofArguments("link:show\0--json\0$x; y");
    assertTrue(words.json());
    assertTrue(words.literal());
    assertEquals(Optional.of(List.of("link:show", "$x; y")), words.plain());
    Request behind = Request.ofArguments("echo\0--\0--json");
    assertFalse(behind.json());
    Request line = Request.ofArguments("link:list --json | grep eth");
    assertTrue(line.json());
    assertFalse(line.literal());
    assertEquals(Optional.of(List.of("help")), Request.ofLine(" ? ").plain());
    assertEquals(Optional.of(List.of("help", "link:list")), Request.ofLine("link:list ?").plain());
  }
}
