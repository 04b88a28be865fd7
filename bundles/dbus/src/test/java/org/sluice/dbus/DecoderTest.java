// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Bytes written by hand from the specification: what they mean, and what is refused and why. */
class DecoderTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // The alignment of each type, seen behind one byte; little and big endian.
        "yn|l|01 00 0200|I16[value=2]",
        "yn|B|01 00 0002|I16[value=2]",
        "yq|l|01 00 ffff|U16[value=65535]",
        "yi|l|01 000000 feffffff|I32[value=-2]",
        "yi|B|01 000000 fffffffe|I32[value=-2]",
        "yu|B|01 000000 80000000|U32[value=2147483648]",
        "yb|B|01 000000 00000001|Bool[value=true]",
        "yx|l|01 00000000000000 0100000000000080|I64[value=-9223372036854775807]",
        "yt|B|01 00000000000000 8000000000000000|U64[9223372036854775808]",
        "yd|B|01 00000000000000 3ff0000000000000|F64[value=1.0]",
        "ys|B|01 000000 00000001 61 00|Str[value=a]",
        "yo|l|01 000000 01000000 2f 00|/",
        "yg|l|01 02 6173 00|as",
        "yv|l|01 01 69 00 02000000|Variant[value=I32[value=2]]",
        "yv|l|01 01 78 00 00000000 0200000000000000|Variant[value=I64[value=2]]",
        // A structure begins at 8, whatever is in it.
        "y(y)|l|01 00000000000000 05|Struct[fields=[U8[value=5]]]",
        // The padding before the first item is not counted, and is there without any item.
        "ax|l|00000000 00000000|Array[element=x, items=[]]",
        "ax|l|08000000 00000000 0700000000000000|Array[element=x, items=[I64[value=7]]]",
        "ay|B|00000003 010203|Bytes[3]",
        "a{sv}|l|00000000 00000000|Dict[key=s, value=v, entries=[]]",
        "aay|l|04000000 00000000|Array[element=ay, items=[Bytes[0]]]",
        "as|B|00000006 00000001 61 00|Array[element=s, items=[Str[value=a]]]",
      })
  void values(String types, String order, String hex, String expected) throws Exception {
    Body body = Decoder.body(bytes(order, hex), new Signature(types));
    DBusValue last = body.values().getLast();
    assertEquals(expected, last.toString());
    assertEquals(types, body.signature().value());
    ByteBuffer again =
        Encoder.body(
            body, order.equals("l") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN, 1000);
    assertEquals(bytes(order, hex), again);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "y||ends within a value of 1 bytes",
        "i|0000|ends within a value of 4 bytes",
        "yi|01|ends within the padding",
        "yi|01 00 01 00 00000000|padding that is not zero",
        "b|02000000|a boolean that is 2",
        "s|05000000 61 00|a text of 5 bytes, 2 are there",
        "s|ffffffff 61 00|a text of 4294967295 bytes",
        "s|01000000 61 62|a text without a zero byte behind it",
        "s|01000000 61|a text of 1 bytes, 1 are there",
        "s|03000000 610062 00|a text with a zero byte within",
        "s|01000000 ff 00|a text that is not UTF-8",
        "s|03000000 eda080 00|a text that is not UTF-8",
        "s|02000000 c080 00|a text that is not UTF-8",
        "o|00000000 00|must begin with /",
        "o|02000000 2f2f 00|wrong at character 2",
        "o|03000000 2f612f 00|must begin with / and not end with it",
        "g|01 7a 00|no type is called",
        "g|01 61 00|ends where a type is expected",
        "v|00 00|not one complete type",
        "v|02 6969 00 00000000 00000000|not one complete type",
        "v|01 68 00 00000000|a file descriptor",
        "h|00000000|a file descriptor",
        "ai|08000000 00000000|an array of 8 bytes, 4 are there",
        "ai|06000000 00000000 0000|ends within a value of 4 bytes",
        "ai|01000000 00000000|an item that reaches beyond its array",
        "ay|01000004|an array of 67108865 bytes; 67108864 are allowed",
        "ai|02000000 00000000|an item that reaches beyond its array",
        "y|0100|1 bytes after the last value",
      })
  void refused(String types, @Nullable String hex, String why) {
    ByteBuffer bytes = bytes("l", hex == null ? "" : hex);
    MalformedMessageException e =
        assertThrows(
            MalformedMessageException.class, () -> Decoder.body(bytes, new Signature(types)));
    assertTrue(String.valueOf(e.getMessage()).contains(why), e::getMessage);
  }

  @Test
  void nestedVariants() throws Exception {
    assertEquals(1, Decoder.body(variants(63), new Signature("v")).values().size());
    MalformedMessageException e =
        assertThrows(
            MalformedMessageException.class, () -> Decoder.body(variants(64), new Signature("v")));
    assertTrue(String.valueOf(e.getMessage()).contains("nested deeper than 64"), e::getMessage);
  }

  /** So many variants within one that holds a byte. */
  private static ByteBuffer variants(int count) {
    byte[] level = {1, 'v', 0};
    ByteBuffer bytes = ByteBuffer.allocate(3 * count + 4);
    for (int i = 0; i < count; i++) {
      bytes.put(level);
    }
    return bytes.put(new byte[] {1, 'y', 0, 7}).flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Test
  void moreValuesThanOneMessageMayHold() {
    int size = 4 * Decoder.MOST_VALUES;
    ByteBuffer bytes = ByteBuffer.allocate(4 + size).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putInt(0, size);
    MalformedMessageException e =
        assertThrows(
            MalformedMessageException.class, () -> Decoder.body(bytes, new Signature("ab")));
    assertTrue(String.valueOf(e.getMessage()).contains("more than 1000000 values"), e::getMessage);
  }

  @Test
  void whatCannotBeSent() {
    assertThrows(IllegalArgumentException.class, () -> new DBusValue.U8(256));
    assertThrows(IllegalArgumentException.class, () -> new DBusValue.U16(-1));
    assertThrows(IllegalArgumentException.class, () -> new DBusValue.U32(1L << 32));
    assertThrows(IllegalArgumentException.class, () -> new DBusValue.Struct(List.of()));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DBusValue.Array(new Signature("y"), List.of(new DBusValue.U8(1))));
    assertThrows(
        IllegalArgumentException.class,
        () -> new DBusValue.Dict(new Signature("v"), new Signature("s"), List.of()));
    notSent(DBusValue.text("a\0b"));
    notSent(DBusValue.text("\ud800"));
    notSent(new DBusValue.Array(new Signature("s"), List.of(new DBusValue.U8(1))));
    notSent(
        new DBusValue.Dict(
            new Signature("s"),
            new Signature("i"),
            List.of(new DBusValue.Entry(DBusValue.text("k"), DBusValue.text("v")))));
    notSent(
        new DBusValue.Array(
            new Signature("(ii)"), List.of(new DBusValue.Struct(new DBusValue.I32(1)))));
    notSent(new DBusValue.Bytes(new byte[2000]));
    DBusValue deep = new DBusValue.U8(1);
    for (int i = 0; i < 65; i++) {
      deep = new DBusValue.Variant(deep);
    }
    notSent(deep);
  }

  private static void notSent(DBusValue value) {
    assertThrows(
        IllegalArgumentException.class,
        () -> Encoder.body(Body.of(value), ByteOrder.LITTLE_ENDIAN, 1000));
  }

  private static ByteBuffer bytes(String order, String hex) {
    return ByteBuffer.wrap(HexFormat.of().parseHex(hex.replace(" ", "")))
        .order(order.equals("l") ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
  }
}
