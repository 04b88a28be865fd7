// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExpositionTest {
  private static List<Family> given(Consumer<Gathering> source) {
    Gathering gathering = new Gathering();
    source.accept(gathering);
    return gathering.families();
  }

  private static void refused(Consumer<Gathering> source) {
    Gathering gathering = new Gathering();
    assertThrows(BadMetricException.class, () -> source.accept(gathering));
    assertThrows(BadMetricException.class, gathering::families, "a source may swallow it");
  }

  @Test
  void severalSourcesShareOneFamily() {
    Exposition exposition = new Exposition();
    exposition.add(given(g -> g.gauge("a_things", "Things.", 1, "of", "x")));
    exposition.add(given(g -> g.gauge("a_things", "Other words.", 2, "of", "y")));
    assertEquals(
        """
        # HELP a_things Things.
        # TYPE a_things gauge
        a_things{of="x"} 1
        a_things{of="y"} 2
        """,
        new TextFormat(false).write(exposition.families()));
  }

  @Test
  void valuesOfLabelsAreEscaped() {
    List<Family> families =
        given(g -> g.gauge("a", "back\\slash\nand \"quote\"", 1, "l", "q\" b\\ n\n {},=# ü"));
    assertEquals(
        """
        # HELP a back\\\\slash\\nand "quote"
        # TYPE a gauge
        a{l="q\\" b\\\\ n\\n {},=# ü"} 1
        """,
        new TextFormat(false).write(families));
  }

  @Test
  void openMetricsNamesCountersWithoutTotalAndEnds() {
    List<Family> families = given(g -> g.counter("a_total", "A.", 3));
    assertEquals(
        """
        # HELP a A.
        # TYPE a counter
        a_total 3
        # EOF
        """,
        new TextFormat(true).write(families));
  }

  @Test
  void bucketsAreCumulated() {
    List<Family> families =
        given(g -> g.histogram("h", "H.", new double[] {0.1, 1}, new long[] {2, 3, 4}, 7.5));
    assertEquals(
        """
        # HELP h H.
        # TYPE h histogram
        h_bucket{le="0.1"} 2
        h_bucket{le="1"} 5
        h_bucket{le="+Inf"} 9
        h_sum 7.5
        h_count 9
        """,
        new TextFormat(false).write(families));
  }

  @ParameterizedTest
  @CsvSource({
    "NaN, NaN",
    "Infinity, +Inf",
    "-Infinity, -Inf",
    "-0.0, 0",
    "42, 42",
    "1e15, 1.0E15",
    "-2.5, -2.5"
  })
  void numbers(double value, String text) {
    assertEquals(text, TextFormat.number(value));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a b", "a-b", "a\n", "ä", "a{x=\"1\"}"})
  void namesAreChecked(String name) {
    refused(g -> g.gauge(name, "", 1));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "1a", "a:b", "__a", "a b", "a\"", "ä"})
  void labelsAreChecked(String label) {
    refused(g -> g.gauge("a", "", 1, label, "x"));
  }

  @Test
  void whatMakesNoSenseIsRefused() {
    refused(g -> g.gauge("a", "", 1, "label without value"));
    refused(g -> g.gauge("a", "", 1, "l", "1", "l", "2"));
    refused(g -> g.counter("a", "", 1));
    refused(g -> g.counter("a_total", "", -1));
    refused(g -> g.counter("a_total", "", Double.NaN));
    refused(g -> g.histogram("a", "", new double[] {1}, new long[] {1}, 1));
    refused(g -> g.histogram("a", "", new double[] {2, 1}, new long[] {1, 1, 1}, 1));
    refused(g -> g.histogram("a", "", new double[] {1}, new long[] {1, 1}, 1, "le", "1"));
  }

  @Test
  void duplicatesAreRefused() {
    refused(
        g -> {
          g.gauge("a", "", 1, "x", "1", "y", "2");
          g.gauge("a", "", 1, "y", "2", "x", "1");
        });
    refused(
        g -> {
          g.gauge("a", "", 1);
          g.counter("a_total", "", 1);
          g.histogram("a", "", new double[0], new long[] {1}, 1);
        });
  }

  @Test
  void oneSourceCannotFillTheMemoryOfTheReader() {
    refused(
        g -> {
          for (int i = 0; i < 20_000; i++) {
            g.gauge("a", "", i, "peer", "10.0." + i);
          }
        });
  }

  @Test
  void aSourceThatContradictsAnotherIsLeftOutAsAWhole() {
    Exposition exposition = new Exposition();
    exposition.add(given(g -> g.histogram("h", "H.", new double[0], new long[] {1}, 1)));
    for (List<Family> bad :
        List.of(
            given(g -> g.gauge("h", "", 1)),
            given(g -> g.gauge("h_sum", "", 1)),
            given(
                g -> {
                  g.gauge("fresh", "", 1);
                  g.histogram("h", "H.", new double[0], new long[] {1}, 1);
                }))) {
      assertThrows(BadMetricException.class, () -> exposition.add(bad));
    }
    assertEquals(1, exposition.families().size());
    assertTrue(exposition.families().getFirst().name().equals("h"));
  }
}
