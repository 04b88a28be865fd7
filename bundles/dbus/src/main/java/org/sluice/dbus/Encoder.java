// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * Writes values. What cannot be sent is the mistake of who made it, so every failure is an {@link
 * IllegalArgumentException}.
 */
final class Encoder {
  private static final int FIRST = 256;

  private final int limit;
  private ByteBuffer bytes;

  /**
   * @param limit most bytes
   */
  Encoder(ByteOrder order, int limit) {
    this.limit = limit;
    this.bytes = ByteBuffer.allocate(FIRST).order(order);
  }

  static ByteBuffer body(Body body, ByteOrder order, int limit) {
    Encoder encoder = new Encoder(order, limit);
    for (DBusValue value : body.values()) {
      encoder.value(value.type().value(), 0, value, 0);
    }
    return encoder.written();
  }

  /** From position 0 on, in the order of the message. */
  ByteBuffer written() {
    return bytes.duplicate().flip().order(bytes.order());
  }

  int position() {
    return bytes.position();
  }

  /** One value of the complete type that begins at this place of the signature. */
  void value(String types, int at, DBusValue value, int depth) {
    if (depth > Decoder.DEEPEST) {
      throw new IllegalArgumentException("values are nested deeper than " + Decoder.DEEPEST);
    }
    char type = types.charAt(at);
    switch (value) {
      case DBusValue.U8 number when type == 'y' -> room(1, 1).put((byte) number.value());
      case DBusValue.Bool flag when type == 'b' -> u32(flag.value() ? 1 : 0);
      case DBusValue.I16 number when type == 'n' -> room(2, 2).putShort(number.value());
      case DBusValue.U16 number when type == 'q' -> room(2, 2).putShort((short) number.value());
      case DBusValue.I32 number when type == 'i' -> u32(number.value());
      case DBusValue.U32 number when type == 'u' -> u32((int) number.value());
      case DBusValue.I64 number when type == 'x' -> room(8, 8).putLong(number.value());
      case DBusValue.U64 number when type == 't' -> room(8, 8).putLong(number.bits());
      case DBusValue.F64 real when type == 'd' -> room(8, 8).putDouble(real.value());
      case DBusValue.Str text when type == 's' -> text(text.value());
      case ObjectPath path when type == 'o' -> text(path.value());
      case Signature signature when type == 'g' -> signature(signature);
      case DBusValue.Variant variant when type == 'v' -> variant(variant, depth + 1);
      case DBusValue.Bytes content when types.startsWith("ay", at) -> content(content);
      case DBusValue.Dict dict when types.startsWith("a{", at) ->
          dictionary(types, at + 1, dict, depth + 2);
      case DBusValue.Array array when type == 'a' -> array(types, at + 1, array, depth + 1);
      case DBusValue.Struct struct when type == '(' ->
          structure(types, at + 1, struct.fields(), depth + 1);
      default ->
          throw new IllegalArgumentException(
              "a value of type "
                  + value.type().value()
                  + " where "
                  + types.substring(at, Signature.end(types, at))
                  + " is expected");
    }
  }

  void align(int size) {
    room(size, 0);
  }

  void u32(int value) {
    room(4, 4).putInt(value);
  }

  /** Overwrites four bytes that were written before. */
  void u32At(int position, int value) {
    bytes.putInt(position, value);
  }

  /** Bytes as they are. */
  void raw(byte... content) {
    room(1, content.length).put(content);
  }

  void raw(ByteBuffer content) {
    room(1, content.remaining()).put(content);
  }

  private void text(String text) {
    ByteBuffer encoded;
    try {
      encoded =
          StandardCharsets.UTF_8
              .newEncoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .encode(CharBuffer.wrap(text));
    } catch (CharacterCodingException e) {
      throw new IllegalArgumentException("half a surrogate pair is no text: " + e.getMessage(), e);
    }
    if (text.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a text cannot hold U+0000");
    }
    u32(encoded.remaining());
    room(1, encoded.remaining() + 1).put(encoded).put((byte) 0);
  }

  void signature(Signature signature) {
    byte[] letters = signature.value().getBytes(StandardCharsets.US_ASCII);
    room(1, letters.length + 2).put((byte) letters.length).put(letters).put((byte) 0);
  }

  private void variant(DBusValue.Variant variant, int depth) {
    Signature type = variant.value().type();
    signature(type);
    value(type.value(), 0, variant.value(), depth);
  }

  private void content(DBusValue.Bytes content) {
    u32(content.length());
    raw(content.toArray());
  }

  private void array(String types, int at, DBusValue.Array array, int depth) {
    if (!types.startsWith(array.element().value(), at)
        || Signature.end(types, at) != at + array.element().value().length()) {
      throw new IllegalArgumentException(
          "an array of " + array.element().value() + " where another is expected in " + types);
    }
    int start = open(types.charAt(at));
    for (DBusValue item : array.items()) {
      value(types, at, item, depth);
    }
    close(start, types.charAt(at));
  }

  private void dictionary(String types, int at, DBusValue.Dict dict, int depth) {
    int second = Signature.end(types, at + 1);
    int start = open('{');
    for (DBusValue.Entry entry : dict.entries()) {
      align(8);
      value(types, at + 1, entry.key(), depth);
      value(types, second, entry.value(), depth);
    }
    close(start, '{');
  }

  /** Leaves room for the length, which does not count the padding before the first item. */
  private int open(char element) {
    u32(0);
    int length = bytes.position() - 4;
    align(Decoder.alignment(element));
    return length;
  }

  private void close(int length, char element) {
    int size = Decoder.alignment(element);
    int first = (length + 4 + size - 1) & -size;
    int used = bytes.position() - first;
    if (used > Decoder.LONGEST_ARRAY) {
      throw new IllegalArgumentException(
          "an array of " + used + " bytes; " + Decoder.LONGEST_ARRAY + " are allowed");
    }
    bytes.putInt(length, used);
  }

  private void structure(String types, int first, List<DBusValue> fields, int depth) {
    align(8);
    int at = first;
    for (DBusValue field : fields) {
      if (types.charAt(at) == ')') {
        throw new IllegalArgumentException("a structure with too many fields for " + types);
      }
      value(types, at, field, depth);
      at = Signature.end(types, at);
    }
    if (types.charAt(at) != ')') {
      throw new IllegalArgumentException("a structure with too few fields for " + types);
    }
  }

  private ByteBuffer room(int alignment, int size) {
    int padding = -bytes.position() & (alignment - 1);
    long needed = (long) bytes.position() + padding + size;
    if (needed > limit) {
      throw new IllegalArgumentException("a message larger than " + limit + " bytes");
    }
    if (needed > bytes.capacity()) {
      int larger = (int) Math.max(needed, Math.min(limit, bytes.capacity() * 2L));
      bytes =
          ByteBuffer.wrap(Arrays.copyOf(bytes.array(), larger))
              .order(bytes.order())
              .position(bytes.position());
    }
    for (int i = 0; i < padding; i++) {
      bytes.put((byte) 0);
    }
    return bytes;
  }
}
