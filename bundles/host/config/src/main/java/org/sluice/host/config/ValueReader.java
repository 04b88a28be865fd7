// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.lang.reflect.Array;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Spelling;
import org.sluice.json.JsonValue;
import org.sluice.json.JsonWriter;

/** Turns what was written into what a component expects, or says why that cannot be. */
final class ValueReader {
  private ValueReader() {}

  /** By what the bundle says of the key. */
  static Object read(Attribute attribute, JsonValue written) throws Unfit {
    if (!attribute.list()) {
      return single(attribute, written);
    }
    if (!(written instanceof JsonValue.Arr list)) {
      throw new Unfit(
          written.place(),
          "expected a " + attribute.typeWords() + ", found " + words(attribute, written),
          "write [" + shown(attribute, written) + "]");
    }
    int limit =
        attribute.cardinality() == Integer.MIN_VALUE
            ? Integer.MAX_VALUE
            : Math.abs(attribute.cardinality());
    if (list.items().size() > limit) {
      throw new Unfit(
          list.items().get(limit).place(),
          "a list of " + list.items().size() + " is too long",
          "allowed: at most " + limit);
    }
    List<Object> values = new ArrayList<>();
    for (JsonValue item : list.items()) {
      values.add(single(attribute, item));
    }
    return attribute.cardinality() < 0 ? values : array(attribute.type().boxed(), values);
  }

  private static Object single(Attribute attribute, JsonValue written) throws Unfit {
    AttributeType type = attribute.type();
    Object value =
        switch (written) {
          case JsonValue.Str text when type.textual() -> text(attribute, text);
          case JsonValue.Bool bool when type == AttributeType.BOOLEAN -> bool.value();
          case JsonValue.Num number when type.numeric() -> number(attribute, number);
          default -> throw wrongType(attribute, written);
        };
    String plain =
        value instanceof Number n ? new BigDecimal(n.toString()).toPlainString() : value.toString();
    if (!attribute.options().isEmpty() && !attribute.options().contains(plain)) {
      throw new Unfit(
          written.place(),
          shown(attribute, written) + " is not one of the options",
          "allowed: "
              + attribute.allowed()
              + Spelling.near(plain, attribute.options(), 1).stream()
                  .findFirst()
                  .map(n -> "; did you mean \"" + n + "\"?")
                  .orElse(""));
    }
    return value;
  }

  private static Unfit wrongType(Attribute attribute, JsonValue written) {
    String remedy = attribute.allowed().isEmpty() ? "" : "allowed: " + attribute.allowed();
    if (attribute.type().textual()
        && (written instanceof JsonValue.Num || written instanceof JsonValue.Bool)) {
      remedy =
          attribute.secret() ? "put it in quotes" : "write \"" + JsonWriter.write(written) + '"';
    } else if (written instanceof JsonValue.Null) {
      remedy = "leave the key out to get its default";
    } else if (written instanceof JsonValue.Str && remedy.isEmpty()) {
      remedy = "write it without quotes";
    }
    return new Unfit(
        written.place(),
        "expected a "
            + attribute.type().words().replace("true or false", "true or false value")
            + ", found "
            + words(attribute, written),
        remedy);
  }

  private static Object text(Attribute attribute, JsonValue.Str text) throws Unfit {
    if (attribute.type() == AttributeType.CHARACTER) {
      if (text.value().length() != 1) {
        throw new Unfit(
            text.place(), "expected one character, found a text of " + text.value().length(), "");
      }
      return text.value().charAt(0);
    }
    BigDecimal length = BigDecimal.valueOf(text.value().length());
    if (outside(attribute, length)) {
      throw new Unfit(
          text.place(),
          "a text of " + length + " characters is out of range",
          "allowed: " + attribute.allowed());
    }
    return text.value();
  }

  private static Object number(Attribute attribute, JsonValue.Num number) throws Unfit {
    BigDecimal value = number.value();
    AttributeType type = attribute.type();
    if (type.integral() && value.stripTrailingZeros().scale() > 0) {
      throw new Unfit(
          number.place(),
          "expected a whole number, found " + value.toPlainString(),
          attribute.allowed().isEmpty() ? "" : "allowed: " + attribute.allowed());
    }
    if (outside(attribute, value) || outside(type, value)) {
      String allowed =
          attribute.allowed().isEmpty() ? type.least() + " to " + type.most() : attribute.allowed();
      throw new Unfit(
          number.place(), value.toPlainString() + " is out of range", "allowed: " + allowed);
    }
    return switch (type) {
      case BYTE -> value.byteValueExact();
      case SHORT -> value.shortValueExact();
      case INTEGER -> value.intValueExact();
      case LONG -> value.longValueExact();
      case FLOAT -> finite(number, value.floatValue());
      default -> finite(number, value.doubleValue());
    };
  }

  private static <N extends Number> N finite(JsonValue.Num number, N value) throws Unfit {
    if (!Double.isFinite(value.doubleValue())) {
      throw new Unfit(number.place(), number.value() + " is out of range", "");
    }
    return value;
  }

  private static boolean outside(Attribute attribute, BigDecimal value) {
    return (attribute.min() != null && value.compareTo(attribute.min()) < 0)
        || (attribute.max() != null && value.compareTo(attribute.max()) > 0);
  }

  private static boolean outside(AttributeType type, BigDecimal value) {
    return (type.least() != null && value.compareTo(type.least()) < 0)
        || (type.most() != null && value.compareTo(type.most()) > 0);
  }

  /** Where nobody says what is expected, the value speaks for itself. */
  static Object guess(JsonValue written) throws Unfit {
    if (!(written instanceof JsonValue.Arr list)) {
      return scalar(written);
    }
    List<Object> values = new ArrayList<>();
    Class<?> kind = null;
    boolean mixed = false;
    for (JsonValue item : list.items()) {
      Object value = scalar(item);
      values.add(value);
      mixed |= kind != null && kind != value.getClass();
      kind = value.getClass();
    }
    boolean numbers = values.stream().allMatch(Number.class::isInstance);
    if (mixed && numbers) {
      return array(
          Double.class, values.stream().map(v -> (Object) ((Number) v).doubleValue()).toList());
    }
    if (mixed) {
      throw new Unfit(
          list.place(), "the items of this list are not all of one kind", "write all as texts");
    }
    return array(kind == null ? String.class : kind, values);
  }

  private static Object scalar(JsonValue written) throws Unfit {
    return switch (written) {
      case JsonValue.Str text -> text.value();
      case JsonValue.Bool bool -> bool.value();
      case JsonValue.Num number -> {
        BigDecimal value = number.value();
        boolean whole = value.scale() <= 0 && !outside(AttributeType.LONG, value);
        yield whole ? (Object) value.longValueExact() : finite(number, value.doubleValue());
      }
      default ->
          throw new Unfit(
              written.place(),
              "a value is a text, a number, true, false or a list of those, not " + written.kind(),
              "");
    };
  }

  private static Object array(Class<?> type, List<?> values) {
    Object array = Array.newInstance(type, values.size());
    for (int i = 0; i < values.size(); i++) {
      Array.set(array, i, values.get(i));
    }
    return array;
  }

  private static String words(Attribute attribute, JsonValue written) {
    boolean tellable = written instanceof JsonValue.Str || written instanceof JsonValue.Num;
    return tellable && !attribute.secret()
        ? written.kind() + " " + shown(attribute, written)
        : written.kind();
  }

  private static String shown(Attribute attribute, JsonValue written) {
    if (attribute.secret()) {
      return "\"…\"";
    }
    String text = JsonWriter.write(written);
    return text.length() > 60 ? text.substring(0, 60) + "…" : text;
  }

  /** Whether two values are the same to a component. */
  static boolean same(@Nullable Object a, @Nullable Object b) {
    return Arrays.deepEquals(new Object[] {a}, new Object[] {b});
  }
}
