// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;

class ValueReaderTest {

  private static Attribute of(AttributeType type, int cardinality) {
    return new Attribute("k", "", "", type, cardinality, null, null, List.of(), false, null);
  }

  private static Object read(AttributeType type, int cardinality, String json)
      throws JsonException, Unfit {
    return ValueReader.read(of(type, cardinality), JsonReader.read(json));
  }

  @Test
  void givesTheTypeThatIsExpected() throws Exception {
    assertEquals(5, read(AttributeType.INTEGER, 0, "5"));
    assertEquals(5, read(AttributeType.INTEGER, 0, "5.0"));
    assertEquals(500, read(AttributeType.INTEGER, 0, "5e2"));
    assertEquals(5L, read(AttributeType.LONG, 0, "5"));
    assertEquals((short) 5, read(AttributeType.SHORT, 0, "5"));
    assertEquals((byte) 5, read(AttributeType.BYTE, 0, "5"));
    assertEquals(5.0, read(AttributeType.DOUBLE, 0, "5"));
    assertEquals(0.5f, read(AttributeType.FLOAT, 0, "0.5"));
    assertEquals('x', read(AttributeType.CHARACTER, 0, "\"x\""));
    assertEquals(true, read(AttributeType.BOOLEAN, 0, "true"));
    assertEquals("5", read(AttributeType.STRING, 0, "\"5\""));
    assertArrayEquals(new Integer[] {1, 2}, (Integer[]) read(AttributeType.INTEGER, 9, "[1,2]"));
    assertArrayEquals(new String[0], (String[]) read(AttributeType.STRING, 9, "[]"));
    assertEquals(List.of("a"), read(AttributeType.STRING, -9, "[\"a\"]"));
    assertEquals(List.of("a"), read(AttributeType.STRING, Integer.MIN_VALUE, "[\"a\"]"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "INTEGER   | 0 | 2147483648",
        "INTEGER   | 0 | -2147483649",
        "INTEGER   | 0 | 1.5",
        "INTEGER   | 0 | true",
        "INTEGER   | 0 | [1]",
        "INTEGER   | 0 | null",
        "INTEGER   | 0 | {}",
        "LONG      | 0 | 9223372036854775808",
        "LONG      | 0 | 1e400",
        "SHORT     | 0 | 32768",
        "BYTE      | 0 | -129",
        "FLOAT     | 0 | 1e300",
        "DOUBLE    | 0 | 1e900",
        "BOOLEAN   | 0 | 1",
        "CHARACTER | 0 | 1",
        "STRING    | 0 | 1",
        "STRING    | 0 | false",
        "STRING    | 2 | 1",
        "INTEGER   | 2 | [1,2,3]",
        "INTEGER   | 2 | [1,2.5]",
        "INTEGER   | 2 | [[1]]",
      })
  void refusesWhatDoesNotFit(AttributeType type, int cardinality, String json) {
    Unfit e = assertThrows(Unfit.class, () -> read(type, cardinality, json));
    assertFalse(String.valueOf(e.getMessage()).isEmpty());
  }

  @Test
  void checksBoundsAndOptions() throws Exception {
    Attribute bounded =
        new Attribute(
            "k",
            "",
            "",
            AttributeType.DOUBLE,
            0,
            new BigDecimal("0.5"),
            new BigDecimal("1.5"),
            List.of(),
            false,
            null);
    assertEquals(0.5, ValueReader.read(bounded, JsonReader.read("0.5")));
    Unfit low =
        assertThrows(
            Unfit.class, () -> ValueReader.read(bounded, JsonReader.read("0.49999999999")));
    assertEquals("allowed: 0.5 to 1.5", low.remedy());
    Attribute options =
        new Attribute(
            "k", "", "", AttributeType.INTEGER, 0, null, null, List.of("1", "8"), false, null);
    assertEquals(8, ValueReader.read(options, JsonReader.read("8")));
    assertThrows(Unfit.class, () -> ValueReader.read(options, JsonReader.read("2")));
    Attribute length =
        new Attribute(
            "k",
            "",
            "",
            AttributeType.STRING,
            0,
            new BigDecimal(2),
            new BigDecimal(3),
            List.of(),
            false,
            null);
    assertEquals("ab", ValueReader.read(length, JsonReader.read("\"ab\"")));
    assertThrows(Unfit.class, () -> ValueReader.read(length, JsonReader.read("\"abcd\"")));
  }

  @Test
  void doesNotRepeatASecret() {
    Unfit e =
        assertThrows(
            Unfit.class, () -> read(AttributeType.PASSWORD, 0, "[\"geheim\", \"geheimer\"]"));
    assertFalse((e.getMessage() + e.remedy()).contains("geheim"), e::toString);
    Unfit number = assertThrows(Unfit.class, () -> read(AttributeType.PASSWORD, 0, "4711"));
    assertFalse((number.getMessage() + number.remedy()).contains("4711"), number::toString);
  }

  @Test
  void guessesWhereNobodySays() throws Exception {
    assertEquals(5L, ValueReader.guess(JsonReader.read("5")));
    assertEquals(5.5, ValueReader.guess(JsonReader.read("5.5")));
    assertEquals("a", ValueReader.guess(JsonReader.read("\"a\"")));
    assertTrue(ValueReader.same(new Long[] {1L, 2L}, ValueReader.guess(JsonReader.read("[1,2]"))));
    assertTrue(
        ValueReader.same(new Double[] {1.0, 2.5}, ValueReader.guess(JsonReader.read("[1,2.5]"))));
    assertTrue(ValueReader.same(new String[0], ValueReader.guess(JsonReader.read("[]"))));
    for (String no : new String[] {"null", "{}", "[1,\"a\"]", "[[1]]", "[null]"}) {
      assertThrows(Unfit.class, () -> ValueReader.guess(JsonReader.read(no)), no);
    }
  }
}
