// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads values out of bytes that anybody may have made up. Every length is checked against what is
 * there before anything is made of it, nesting is bounded, and so is the number of values: one byte
 * on the wire can cost many on the heap.
 */
final class Decoder {
  /** Of arrays, structures, entries and variants together. */
  static final int DEEPEST = 64;

  static final int LONGEST_ARRAY = 64 * 1024 * 1024;
  static final int MOST_VALUES = 1_000_000;

  private final ByteBuffer bytes;
  private final CharsetDecoder utf8 =
      StandardCharsets.UTF_8.newDecoder().onMalformedInput(CodingErrorAction.REPORT);
  private int values;

  /**
   * @param bytes from position 0, which is aligned, to the limit; its order is that of the message
   */
  Decoder(ByteBuffer bytes) {
    this.bytes = bytes;
  }

  /** Reads a body that consists of values of these types and nothing else. */
  static Body body(ByteBuffer bytes, Signature signature) throws MalformedMessageException {
    Decoder decoder = new Decoder(bytes.duplicate().order(bytes.order()));
    List<DBusValue> values = new ArrayList<>();
    String types = signature.value();
    for (int at = 0; at < types.length(); at = Signature.end(types, at)) {
      values.add(decoder.value(types, at, 0));
    }
    if (decoder.bytes.hasRemaining()) {
      throw decoder.wrong(
          decoder.bytes.remaining() + " bytes after the last value of \"" + types + "\"");
    }
    return new Body(values);
  }

  int position() {
    return bytes.position();
  }

  /** The value of the complete type that begins at this place of the signature. */
  DBusValue value(String types, int at, int depth) throws MalformedMessageException {
    if (++values > MOST_VALUES) {
      throw wrong("more than " + MOST_VALUES + " values in one message");
    }
    return switch (types.charAt(at)) {
      case 'y' -> new DBusValue.U8(Byte.toUnsignedInt(take(1).get()));
      case 'b' -> flag();
      case 'n' -> new DBusValue.I16(take(2).getShort());
      case 'q' -> new DBusValue.U16(Short.toUnsignedInt(take(2).getShort()));
      case 'i' -> new DBusValue.I32(take(4).getInt());
      case 'u' -> new DBusValue.U32(u32());
      case 'x' -> new DBusValue.I64(take(8).getLong());
      case 't' -> new DBusValue.U64(take(8).getLong());
      case 'd' -> new DBusValue.F64(take(8).getDouble());
      case 's' -> new DBusValue.Str(text(u32()));
      case 'o' -> path();
      case 'g' -> signature();
      case 'v' -> variant(deeper(depth));
      case 'a' -> array(types, at, deeper(depth));
      case '(' -> structure(types, at, deeper(depth));
      case 'h' ->
          throw wrong("a file descriptor, though this connection never agreed to receive any");
      default -> throw wrong("no type is called " + types.charAt(at));
    };
  }

  /** Moves to the next place that is divisible by this power of two. */
  void align(int size) throws MalformedMessageException {
    while ((bytes.position() & (size - 1)) != 0) {
      if (!bytes.hasRemaining()) {
        throw wrong("ends within the padding");
      }
      if (bytes.get() != 0) {
        throw wrong("padding that is not zero");
      }
    }
  }

  long u32() throws MalformedMessageException {
    return Integer.toUnsignedLong(take(4).getInt());
  }

  private DBusValue flag() throws MalformedMessageException {
    long value = u32();
    if (value > 1) {
      throw wrong("a boolean that is " + value);
    }
    return DBusValue.flag(value == 1);
  }

  private ObjectPath path() throws MalformedMessageException {
    String text = text(u32());
    String wrong = ObjectPath.wrong(text);
    if (wrong != null) {
      throw wrong(wrong);
    }
    return new ObjectPath(text);
  }

  private Signature signature() throws MalformedMessageException {
    int length = Byte.toUnsignedInt(take(1).get());
    if (length == 1 && bytes.remaining() > 1 && bytes.get(bytes.position() + 1) == 0) {
      // Nearly every variant; not made anew each time.
      Signature known = Signature.ofLetter((char) bytes.get(bytes.position()));
      if (known != null) {
        bytes.position(bytes.position() + 2);
        return known;
      }
    }
    String text = text(length);
    if (text.isEmpty()) {
      return Signature.NONE;
    }
    String wrong = Signature.wrong(text);
    if (wrong != null) {
      throw wrong(wrong);
    }
    return new Signature(text);
  }

  private DBusValue variant(int depth) throws MalformedMessageException {
    Signature type = signature();
    if (!type.single()) {
      throw wrong("a variant of \"" + type.value() + "\", which is not one complete type");
    }
    return new DBusValue.Variant(value(type.value(), 0, depth));
  }

  private DBusValue array(String types, int at, int depth) throws MalformedMessageException {
    long length = u32();
    if (length > LONGEST_ARRAY) {
      throw wrong("an array of " + length + " bytes; " + LONGEST_ARRAY + " are allowed");
    }
    align(alignment(types.charAt(at + 1)));
    if (length > bytes.remaining()) {
      throw wrong("an array of " + length + " bytes, " + bytes.remaining() + " are there");
    }
    if (types.charAt(at + 1) == 'y') {
      byte[] content = new byte[(int) length];
      bytes.get(content);
      return new DBusValue.Bytes(content);
    }
    int end = bytes.position() + (int) length;
    if (types.charAt(at + 1) == '{') {
      return dictionary(types, at + 1, end, deeper(depth));
    }
    Signature element = new Signature(types.substring(at + 1, Signature.end(types, at + 1)));
    return new DBusValue.Array(element, items(types, at + 1, end, depth));
  }

  private List<DBusValue> items(String types, int at, int end, int depth)
      throws MalformedMessageException {
    List<DBusValue> items = new ArrayList<>();
    while (bytes.position() < end) {
      items.add(value(types, at, depth));
      within(end);
    }
    return items;
  }

  private DBusValue dictionary(String types, int at, int end, int depth)
      throws MalformedMessageException {
    int value = Signature.end(types, at + 1);
    List<DBusValue.Entry> entries = new ArrayList<>();
    while (bytes.position() < end) {
      align(8);
      DBusValue key = value(types, at + 1, depth);
      entries.add(new DBusValue.Entry(key, value(types, value, depth)));
      within(end);
    }
    return new DBusValue.Dict(
        new Signature(types.substring(at + 1, value)),
        new Signature(types.substring(value, Signature.end(types, value))),
        entries);
  }

  private void within(int end) throws MalformedMessageException {
    if (bytes.position() > end) {
      throw wrong("an item that reaches beyond its array");
    }
  }

  private DBusValue structure(String types, int at, int depth) throws MalformedMessageException {
    align(8);
    List<DBusValue> fields = new ArrayList<>();
    for (int field = at + 1; types.charAt(field) != ')'; field = Signature.end(types, field)) {
      fields.add(value(types, field, depth));
    }
    return new DBusValue.Struct(fields);
  }

  /** So many bytes of UTF-8 and the zero after them. */
  private String text(long length) throws MalformedMessageException {
    if (length + 1 > bytes.remaining()) {
      throw wrong("a text of " + length + " bytes, " + bytes.remaining() + " are there");
    }
    String text;
    try {
      text = length == 0 ? "" : utf8.decode(next((int) length)).toString();
    } catch (CharacterCodingException e) {
      throw wrong("a text that is not UTF-8: " + e.getMessage());
    }
    if (bytes.get() != 0) {
      throw wrong("a text without a zero byte behind it");
    }
    if (text.indexOf('\0') >= 0) {
      throw wrong("a text with a zero byte within");
    }
    return text;
  }

  private ByteBuffer next(int size) {
    ByteBuffer next = bytes.slice(bytes.position(), size);
    bytes.position(bytes.position() + size);
    return next;
  }

  private ByteBuffer take(int size) throws MalformedMessageException {
    align(size);
    if (bytes.remaining() < size) {
      throw wrong("ends within a value of " + size + " bytes");
    }
    return bytes;
  }

  private int deeper(int depth) throws MalformedMessageException {
    if (depth >= DEEPEST) {
      throw wrong("values are nested deeper than " + DEEPEST);
    }
    return depth + 1;
  }

  static int alignment(char type) {
    return switch (type) {
      case 'y', 'g', 'v' -> 1;
      case 'n', 'q' -> 2;
      case 'x', 't', 'd', '(', '{' -> 8;
      default -> 4;
    };
  }

  private MalformedMessageException wrong(String what) {
    return new MalformedMessageException("at byte " + bytes.position() + ": " + what);
  }
}
