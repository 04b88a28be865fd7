// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8259, the additions for people, places, and texts that mean harm. */
class JsonReaderTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        " \t\r\n[ ] \n",
        "null",
        "true",
        "false",
        "0",
        "-0",
        "-0.0",
        "1E22",
        "1e-2",
        "1E+2",
        "123.456e78",
        "\"\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0000\\uD834\\udd1e\\uFFFF\"",
        "\"\u007f\u2028\u2029\ud834\udd1e\"",
        "[[[[]]]]",
        "{\"a\":{\"b\":[1,2,{\"c\":null}]}}",
        "{\"\":0}",
        "{\"a\":1,\"A\":2}",
        "[1,\n2\n,3]",
        "[100000000000000000000000000000]",
        "\ufeff{}",
      })
  void takesWhatIsJson(String text) throws JsonException {
    JsonValue value = JsonReader.read(text);
    // What is written is read as the same.
    String written = JsonWriter.write(value);
    assertEquals(written, JsonWriter.write(JsonReader.read(written)));
    assertEquals(written, JsonWriter.write(JsonReader.read(JsonWriter.pretty(value))));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[1,]",
        "{\"a\":1,}",
        "// first\n[1] // last",
        "[1, /* one */ 2]",
        "/* several\nlines ** / */ {}",
        "[\"// not a comment\"]",
        "/**/1",
      })
  void takesCommentsAndATrailingComma(String text) throws JsonException {
    JsonReader.read(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "\ufeff",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "'a'",
        "{]",
        "[}",
        "[1",
        "[1,",
        "{\"a\"",
        "{\"a\":",
        "{\"a\":1",
        "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "{\"a\":1,,}",
        "[,]",
        "[,1]",
        "[1,,2]",
        "{,}",
        "[1 2]",
        "01",
        "-01",
        "+1",
        "-",
        "1.",
        ".5",
        "-.5",
        "1e",
        "1e+",
        "1.e1",
        "0x10",
        "1_000",
        "NaN",
        "Infinity",
        "-Infinity",
        "1a",
        "0.0.0",
        "1e1000",
        "1e-9999",
        "tru",
        "TRUE",
        "True",
        "nul",
        "None",
        "undefined",
        "truefalse",
        "\"a",
        "\"\\\"",
        "\"\\x41\"",
        "\"\\u12\"",
        "\"\\u12G4\"",
        "\"\\u\uff11234\"",
        "\"\\'\"",
        "\"\t\"",
        "\"a\nb\"",
        "\"\u0000\"",
        "{} {}",
        "[] x",
        "1 2",
        "/* open",
        "/",
        "/ /",
        "# no",
        "[1]/",
        "\u00a0[]",
        "\f1",
        "{\"a\":1,\"a\":2}",
        "\\u0031",
      })
  void refusesWhatIsNot(String text) {
    JsonException e = assertThrows(JsonException.class, () -> JsonReader.read(text));
    assertTrue(e.place().line() >= 1 && e.place().column() >= 1);
    assertTrue(e.getMessage() != null && !e.getMessage().isBlank());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "`{\"a\": 1\n \"b\": 2}`      | 1 | 8 | expected ',' or '}' after the value of \"a\", found '\"'",
        "`{\"a\": }`                  | 1 | 7 | expected a value, found '}'",
        "`{\n  \"a\": yes\n}`         | 2 | 8 | unknown word yes; a text needs double quotes: \"yes\"",
        "`{\n\n  b: 1}`               | 3 | 3 | expected a key in double quotes or '}', found b",
        "`{\"a\":1,\n\"a\":2}`        | 2 | 1 | the key \"a\" stands here again, first in line 1",
        "`{\"a\": \"open\n}`          | 1 | 7 | this text has no closing quote in its line",
        "`/*\n\n*/ /* x\n`            | 3 | 4 | this comment has no end",
        "`[1, 2`                      | 1 | 6 | expected ',' or ']' after item 2 of the list, found the end of the text",
        "`{} x`                       | 1 | 4 | expected the end of the text, found x",
      })
  void saysWhereAndWhat(String text, int line, int column, String message) {
    JsonException e = assertThrows(JsonException.class, () -> JsonReader.read(text));
    assertEquals(message, e.getMessage());
    assertEquals(new Place(line, column), e.place());
  }

  @Test
  void keepsThePlaceOfEveryKeyAndValue() throws JsonException {
    var root =
        assertInstanceOf(
            JsonValue.Obj.class, JsonReader.read("/* one\n */ {\r\n\t\"a\": [10,\n 20]}\n"));
    assertEquals(new Place(2, 5), root.place());
    JsonValue.Member a = root.members().getFirst();
    assertEquals(new Place(3, 2), a.place());
    var list = assertInstanceOf(JsonValue.Arr.class, a.value());
    assertEquals(new Place(3, 7), list.place());
    assertEquals(new Place(3, 8), list.items().get(0).place());
    assertEquals(new Place(4, 2), list.items().get(1).place());
    assertEquals("3:7", list.place().toString());
  }

  @Test
  void keepsNumbersExactly() throws JsonException {
    String digits = "1234567890123456789012345678901234567890.0123456789";
    var number = assertInstanceOf(JsonValue.Num.class, JsonReader.read(digits));
    assertEquals(new BigDecimal(digits), number.value());
  }

  @Test
  void keepsTheOrderOfKeys() throws JsonException {
    assertEquals("{\"b\":1,\"a\":2}", JsonWriter.write(JsonReader.read("{\"b\":1, \"a\":2}")));
  }

  @ParameterizedTest
  @ValueSource(strings = {"[", "{\"a\":", "[{\"a\":"})
  void isNotBroughtDownByDepth(String nest) {
    JsonException e =
        assertThrows(JsonException.class, () -> JsonReader.read(nest.repeat(1_000_000)));
    assertTrue(String.valueOf(e.getMessage()).contains("deeper"), e::toString);
  }

  @Test
  void takesTimeInProportionToTheText() {
    StringBuilder keys = new StringBuilder("{");
    for (int i = 0; i < 200_000; i++) {
      keys.append("\"k").append(i).append("\":").append(i).append(",\n");
    }
    keys.append('}');
    String numbers = "[" + "1,".repeat(500_000) + "]";
    String text = '"' + "x".repeat(5_000_000) + '"';
    String comments = "/* * */".repeat(300_000) + "1";
    String digits = "9".repeat(100_000);
    Assertions.assertTimeoutPreemptively(
        Duration.ofSeconds(60),
        () -> {
          for (String hostile : new String[] {keys.toString(), numbers, text, comments, digits}) {
            JsonReader.read(hostile);
          }
        });
  }

  @Test
  void endsForAnyText() {
    Random random = new Random(1);
    String letters = "{}[]:,\"\\/*0123456789eE+-.truefalsn \n\tu\u00e9\ud834";
    for (int i = 0; i < 200_000; i++) {
      StringBuilder text = new StringBuilder();
      for (int n = random.nextInt(20); n > 0; n--) {
        text.append(letters.charAt(random.nextInt(letters.length())));
      }
      try {
        JsonWriter.write(JsonReader.read(text.toString()));
      } catch (JsonException e) {
        assertTrue(e.place().column() >= 1, text::toString);
      }
    }
  }
}
