// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What goes out is strict JSON, whatever goes in. */
class JsonWriterTest {

  private enum Color {
    RED
  }

  private record Point(int x, @Nullable String name, List<Color> colors) {}

  @Test
  void writesRecordsByTheirComponents() {
    assertEquals(
        "{\"x\":1,\"name\":null,\"colors\":[\"RED\"]}",
        JsonWriter.write(new Point(1, null, List.of(Color.RED))));
    assertEquals(
        "{\n  \"x\": 1,\n  \"name\": \"p\",\n  \"colors\": []\n}",
        JsonWriter.pretty(new Point(1, "p", List.of())));
  }

  @Test
  void writesAllKindsOfValues() {
    Map<Object, Object> map = new LinkedHashMap<>();
    map.put("a", Optional.of(1));
    map.put(2, Optional.empty());
    assertEquals("{\"a\":1,\"2\":null}", JsonWriter.write(map));
    assertEquals("[1,null]", JsonWriter.write(List.of(OptionalInt.of(1), OptionalLong.empty())));
    assertEquals("[1,\"b\",true]", JsonWriter.write(new Object[] {1, "b", true}));
    assertEquals("[1,2]", JsonWriter.write(new int[] {1, 2}));
    assertEquals("[\"a\"]", JsonWriter.write(new String[] {"a"}));
    assertEquals("\"1970-01-01T00:00:00Z\"", JsonWriter.write(Instant.EPOCH));
    assertEquals("\"x\"", JsonWriter.write('x'));
    assertEquals("\"/a/b\"", JsonWriter.write(java.nio.file.Path.of("/a/b")));
    assertEquals("null", JsonWriter.write(null));
    assertEquals("[null]", JsonWriter.write(Arrays.asList((Object) null)));
  }

  @Test
  void writesNumbersThatReadersTake() throws JsonException {
    assertEquals(
        "[1,1.5,null,null,null,-0.0]".replace("-0.0", "0"),
        JsonWriter.write(List.of(1.0, 1.5, Double.NaN, Double.POSITIVE_INFINITY, Float.NaN, -0.0)));
    for (Object number :
        new Object[] {Long.MIN_VALUE, 1e300, 1e-300, 0.1f, new BigDecimal("1E+3"), 1e15}) {
      String written = JsonWriter.write(number);
      assertEquals(
          0,
          new BigDecimal(number.toString())
              .compareTo(((JsonValue.Num) JsonReader.read(written)).value()),
          written);
    }
  }

  @Test
  void escapesWhatMustBe() throws JsonException {
    String hostile = "\"\\\u0000\u001f\u007f\n\r\t</script>\u2028\ud834\udd1e\ud834x\udd1e";
    String written = JsonWriter.write(hostile);
    assertEquals(
        written,
        new String(written.getBytes(StandardCharsets.UTF_8), StandardCharsets.UTF_8),
        "cannot be encoded");
    assertEquals(hostile, ((JsonValue.Str) JsonReader.read(written)).value());
  }
}
