// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.ops;

import java.math.BigDecimal;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.sluice.json.JsonValue;

/**
 * Judges JSON by those words of JSON Schema that the product uses. A word it does not know fails
 * the test, so that nothing passes unjudged.
 */
final class Schema {
  private static final Set<String> KNOWN =
      Set.of(
          "$ref",
          "type",
          "format",
          "enum",
          "anyOf",
          "items",
          "properties",
          "required",
          "additionalProperties");

  private final JsonValue document;
  private final List<String> complaints = new ArrayList<>();

  private Schema(JsonValue document) {
    this.document = document;
  }

  /**
   * @param document where references lead
   * @return what is wrong; empty when nothing is
   */
  static List<String> judge(JsonValue value, JsonValue schema, JsonValue document) {
    Schema judge = new Schema(document);
    judge.check(value, schema, "$");
    return judge.complaints;
  }

  private void check(JsonValue value, JsonValue schema, String at) {
    if (!(schema instanceof JsonValue.Obj words)) {
      throw new AssertionError("no schema: " + schema);
    }
    for (JsonValue.Member member : words.members()) {
      if (!KNOWN.contains(member.name())) {
        throw new AssertionError("unknown word " + member.name() + " in a schema");
      }
    }
    JsonValue reference = words.get("$ref");
    if (reference != null) {
      check(value, follow(Json.text(reference)), at);
      return;
    }
    type(value, words.get("type"), at);
    format(value, words.get("format"), at);
    choice(value, words.get("enum"), at);
    any(value, words.get("anyOf"), at);
    if (value instanceof JsonValue.Arr list && words.get("items") != null) {
      for (int i = 0; i < list.items().size(); i++) {
        check(list.items().get(i), words.get("items"), at + "[" + i + "]");
      }
    }
    if (value instanceof JsonValue.Obj object) {
      members(object, words, at);
    }
  }

  private JsonValue follow(String reference) {
    JsonValue at = document;
    for (String step : reference.substring(2).split("/", -1)) {
      at = Json.member(at, step);
    }
    return at;
  }

  private void type(JsonValue value, @Nullable JsonValue type, String at) {
    if (type == null) {
      return;
    }
    List<String> types =
        type instanceof JsonValue.Arr several
            ? several.items().stream().map(Json::text).toList()
            : List.of(Json.text(type));
    if (types.stream().noneMatch(name -> is(value, name))) {
      complaints.add(at + " is " + value.kind() + ", not " + types);
    }
  }

  private static boolean is(JsonValue value, String type) {
    return switch (type) {
      case "object" -> value instanceof JsonValue.Obj;
      case "array" -> value instanceof JsonValue.Arr;
      case "string" -> value instanceof JsonValue.Str;
      case "boolean" -> value instanceof JsonValue.Bool;
      case "null" -> value instanceof JsonValue.Null;
      case "number" -> value instanceof JsonValue.Num;
      case "integer" -> value instanceof JsonValue.Num number && whole(number.value());
      default -> throw new AssertionError("unknown type " + type);
    };
  }

  private static boolean whole(BigDecimal number) {
    return number.stripTrailingZeros().scale() <= 0;
  }

  private void format(JsonValue value, @Nullable JsonValue format, String at) {
    if (format == null || !(value instanceof JsonValue.Str text)) {
      return;
    }
    try {
      switch (Json.text(format)) {
        case "date-time" -> complainUnless(Instant.parse(text.value()) != null, at);
        case "duration" -> complainUnless(Duration.parse(text.value()) != null, at);
        default -> throw new AssertionError("unknown format " + format);
      }
    } catch (DateTimeException e) {
      complaints.add(at + " is no " + Json.text(format) + ": " + text.value());
    }
  }

  private void complainUnless(boolean good, String at) {
    if (!good) {
      complaints.add(at);
    }
  }

  private void choice(JsonValue value, @Nullable JsonValue words, String at) {
    if (words != null
        && Json.items(words).stream().noneMatch(w -> Json.text(w).equals(Json.text(value)))) {
      complaints.add(at + " is " + Json.text(value) + ", which is not one of " + words);
    }
  }

  private void any(JsonValue value, @Nullable JsonValue schemas, String at) {
    if (schemas == null) {
      return;
    }
    List<String> reasons = new ArrayList<>();
    for (JsonValue schema : Json.items(schemas)) {
      List<String> complaint = judge(value, schema, document);
      if (complaint.isEmpty()) {
        return;
      }
      reasons.addAll(complaint);
    }
    complaints.add(at + " fits none of several: " + reasons);
  }

  private void members(JsonValue.Obj object, JsonValue.Obj schema, String at) {
    JsonValue properties = schema.get("properties");
    JsonValue required = schema.get("required");
    if (required != null) {
      for (JsonValue name : Json.items(required)) {
        if (object.get(Json.text(name)) == null) {
          complaints.add(at + " lacks " + Json.text(name));
        }
      }
    }
    JsonValue more = schema.get("additionalProperties");
    for (JsonValue.Member member : object.members()) {
      JsonValue own = properties instanceof JsonValue.Obj known ? known.get(member.name()) : null;
      String place = at + "." + member.name();
      if (own != null) {
        check(member.value(), own, place);
      } else if (more instanceof JsonValue.Bool allowed && !allowed.value()) {
        complaints.add(place + " is not in the schema");
      } else if (more instanceof JsonValue.Obj) {
        check(member.value(), more, place);
      }
    }
  }
}
