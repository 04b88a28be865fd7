// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * A value as it travels over the bus. Immutable.
 *
 * <p>The {@code as…} methods are for reading what others sent: they look through variants, take
 * every kind of value that means the same, and answer empty when it is another kind, because what a
 * key holds varies by version of the peer.
 */
public sealed interface DBusValue permits ObjectPath, Signature, DBusValue.Inner {

  /** One complete type. */
  Signature type();

  /** A text, an object path or a signature, as text. */
  default Optional<String> asText() {
    return switch (this) {
      case Str text -> Optional.of(text.value());
      case ObjectPath path -> Optional.of(path.value());
      case Signature signature -> Optional.of(signature.value());
      case Variant variant -> variant.value().asText();
      default -> Optional.empty();
    };
  }

  /** Any integer; an unsigned one of 64 bits that is too large comes as {@link Long#MAX_VALUE}. */
  default OptionalLong asNumber() {
    return switch (this) {
      case U8 number -> OptionalLong.of(number.value());
      case I16 number -> OptionalLong.of(number.value());
      case U16 number -> OptionalLong.of(number.value());
      case I32 number -> OptionalLong.of(number.value());
      case U32 number -> OptionalLong.of(number.value());
      case I64 number -> OptionalLong.of(number.value());
      case U64 number -> OptionalLong.of(number.bits() < 0 ? Long.MAX_VALUE : number.bits());
      case Variant variant -> variant.value().asNumber();
      default -> OptionalLong.empty();
    };
  }

  /** A floating point number or an integer. */
  default OptionalDouble asReal() {
    return switch (this) {
      case F64 real -> OptionalDouble.of(real.value());
      case U64 number -> OptionalDouble.of(number.exact().doubleValue());
      case Variant variant -> variant.value().asReal();
      default -> {
        OptionalLong number = asNumber();
        yield number.isPresent()
            ? OptionalDouble.of((double) number.getAsLong())
            : OptionalDouble.empty();
      }
    };
  }

  default Optional<Boolean> asFlag() {
    return switch (this) {
      case Bool flag -> Optional.of(flag.value());
      case Variant variant -> variant.value().asFlag();
      default -> Optional.empty();
    };
  }

  /** The path in an object path; {@code "/"} is one too. */
  default Optional<ObjectPath> asPath() {
    return switch (this) {
      case ObjectPath path -> Optional.of(path);
      case Variant variant -> variant.value().asPath();
      default -> Optional.empty();
    };
  }

  /** A copy of the bytes of an array of bytes. */
  default Optional<byte[]> asBytes() {
    return switch (this) {
      case Bytes bytes -> Optional.of(bytes.toArray());
      case Variant variant -> variant.value().asBytes();
      default -> Optional.empty();
    };
  }

  /** The items of an array or the fields of a structure; nothing for anything else. */
  default List<DBusValue> asList() {
    return switch (this) {
      case Array array -> array.items();
      case Struct struct -> struct.fields();
      case Variant variant -> variant.value().asList();
      default -> List.of();
    };
  }

  /** A dictionary whose keys are texts; an empty one for anything else. */
  default VariantMap asMap() {
    return switch (this) {
      case Dict dict -> VariantMap.of(dict);
      case Variant variant -> variant.value().asMap();
      default -> VariantMap.EMPTY;
    };
  }

  /** What a variant holds, or the value itself. */
  default DBusValue bare() {
    return this instanceof Variant variant ? variant.value().bare() : this;
  }

  static DBusValue text(String value) {
    return new Str(value);
  }

  static DBusValue flag(boolean value) {
    return value ? Bool.TRUE : Bool.FALSE;
  }

  static DBusValue variant(DBusValue value) {
    return new Variant(value);
  }

  /** An array of texts. */
  static DBusValue texts(List<String> values) {
    return new Array(new Signature("s"), values.stream().<DBusValue>map(Str::new).toList());
  }

  /** The kinds of value that have no file of their own. */
  sealed interface Inner extends DBusValue
      permits U8,
          Bool,
          I16,
          U16,
          I32,
          U32,
          I64,
          U64,
          F64,
          Str,
          Variant,
          Bytes,
          Array,
          Struct,
          Dict {}

  /** BYTE: 0 to 255. */
  record U8(int value) implements Inner {
    public U8 {
      range(value, 0xff, "a byte");
    }

    @Override
    public Signature type() {
      return Signature.BYTE;
    }
  }

  record Bool(boolean value) implements Inner {
    static final Bool TRUE = new Bool(true);
    static final Bool FALSE = new Bool(false);

    @Override
    public Signature type() {
      return Signature.BOOLEAN;
    }
  }

  record I16(short value) implements Inner {
    @Override
    public Signature type() {
      return Signature.INT16;
    }
  }

  /** UINT16: 0 to 65535. */
  record U16(int value) implements Inner {
    public U16 {
      range(value, 0xffff, "an unsigned number of 16 bits");
    }

    @Override
    public Signature type() {
      return Signature.UINT16;
    }
  }

  record I32(int value) implements Inner {
    @Override
    public Signature type() {
      return Signature.INT32;
    }
  }

  /** UINT32: 0 to 4294967295. */
  record U32(long value) implements Inner {
    public U32 {
      range(value, 0xffff_ffffL, "an unsigned number of 32 bits");
    }

    @Override
    public Signature type() {
      return Signature.UINT32;
    }
  }

  record I64(long value) implements Inner {
    @Override
    public Signature type() {
      return Signature.INT64;
    }
  }

  /** UINT64: its bits; negative from 2⁶³ on. */
  record U64(long bits) implements Inner {
    public BigInteger exact() {
      return new BigInteger(Long.toUnsignedString(bits));
    }

    @Override
    public Signature type() {
      return Signature.UINT64;
    }

    @Override
    public String toString() {
      return "U64[" + Long.toUnsignedString(bits) + "]";
    }
  }

  record F64(double value) implements Inner {
    @Override
    public Signature type() {
      return Signature.DOUBLE;
    }
  }

  /** STRING: any text that has no U+0000. */
  record Str(String value) implements Inner {
    @Override
    public Signature type() {
      return Signature.STRING;
    }
  }

  record Variant(DBusValue value) implements Inner {
    @Override
    public Signature type() {
      return Signature.VARIANT;
    }
  }

  /** An array of bytes; kept as such, so that it costs what it weighs. */
  final class Bytes implements Inner {
    private final byte[] bytes;

    public Bytes(byte[] bytes) {
      this.bytes = bytes.clone();
    }

    public int length() {
      return bytes.length;
    }

    public byte[] toArray() {
      return bytes.clone();
    }

    @Override
    public Signature type() {
      return Signature.BYTES;
    }

    @Override
    public boolean equals(Object other) {
      return other instanceof Bytes that && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
      return "Bytes[" + bytes.length + "]";
    }
  }

  /**
   * @param element one complete type; not a byte, which is {@link Bytes}
   * @param items each of this type; checked when the value is sent
   */
  record Array(Signature element, List<DBusValue> items) implements Inner {
    public Array {
      if (element.equals(Signature.BYTE)) {
        throw new IllegalArgumentException("an array of bytes is DBusValue.Bytes");
      }
      if (!element.single()) {
        throw new IllegalArgumentException("not one complete type: " + element.value());
      }
      items = List.copyOf(items);
    }

    @Override
    public Signature type() {
      return new Signature("a" + element.value());
    }
  }

  /**
   * @param fields at least one
   */
  record Struct(List<DBusValue> fields) implements Inner {
    public Struct {
      fields = List.copyOf(fields);
      if (fields.isEmpty()) {
        throw new IllegalArgumentException("a structure has at least one field");
      }
    }

    public Struct(DBusValue... fields) {
      this(List.of(fields));
    }

    @Override
    public Signature type() {
      return new Signature(
          fields.stream()
              .map(field -> field.type().value())
              .collect(Collectors.joining("", "(", ")")));
    }
  }

  /**
   * @param key a basic type
   * @param value one complete type
   * @param entries in the order sent. A list, because hashing keys that a stranger chose is work
   *     for him to multiply; {@link VariantMap} looks up by name.
   */
  record Dict(Signature key, Signature value, List<Entry> entries) implements Inner {
    public Dict {
      String wrong = Signature.wrong("a{" + key.value() + value.value() + "}");
      if (wrong != null || !key.single()) {
        throw new IllegalArgumentException(
            "no dictionary: key " + key.value() + ", value " + value.value());
      }
      entries = List.copyOf(entries);
    }

    @Override
    public Signature type() {
      return new Signature("a{" + key.value() + value.value() + "}");
    }
  }

  /** One key and its value. */
  record Entry(DBusValue key, DBusValue value) {}

  private static void range(long value, long most, String what) {
    if (value < 0 || value > most) {
      throw new IllegalArgumentException(value + " is not " + what);
    }
  }
}
