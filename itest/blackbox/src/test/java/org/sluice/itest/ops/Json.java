// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import java.util.List;
import org.sluice.json.JsonValue;

/** Takes JSON apart; what is missing fails the test. */
final class Json {
  private Json() {}

  static JsonValue member(JsonValue of, String name) {
    JsonValue value = of instanceof JsonValue.Obj object ? object.get(name) : null;
    if (value == null) {
      throw new AssertionError("no " + name + " in " + of);
    }
    return value;
  }

  static String text(JsonValue of, String name) {
    return text(member(of, name));
  }

  static String text(JsonValue value) {
    return switch (value) {
      case JsonValue.Str text -> text.value();
      case JsonValue.Num number -> number.value().toPlainString();
      case JsonValue.Bool bool -> Boolean.toString(bool.value());
      default -> throw new AssertionError("no text: " + value);
    };
  }

  static List<JsonValue> items(JsonValue value) {
    if (value instanceof JsonValue.Arr list) {
      return list.items();
    }
    throw new AssertionError("no list: " + value);
  }
}
