// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

import java.math.BigDecimal;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A value and where it was written. */
public sealed interface JsonValue {

  /** The first character of the value. */
  Place place();

  /** What a person calls this kind of value. */
  String kind();

  /** Members in the order of the text; {@link JsonReader} refuses duplicates. */
  record Obj(Place place, List<Member> members) implements JsonValue {
    @Override
    public String kind() {
      return "an object";
    }

    public @Nullable JsonValue get(String name) {
      for (Member member : members) {
        if (member.name().equals(name)) {
          return member.value();
        }
      }
      return null;
    }
  }

  /** A name, where the name stands, and its value. */
  record Member(String name, Place place, JsonValue value) {}

  record Arr(Place place, List<JsonValue> items) implements JsonValue {
    @Override
    public String kind() {
      return "a list";
    }
  }

  record Str(Place place, String value) implements JsonValue {
    @Override
    public String kind() {
      return "a text";
    }
  }

  record Num(Place place, BigDecimal value) implements JsonValue {
    @Override
    public String kind() {
      return "a number";
    }
  }

  record Bool(Place place, boolean value) implements JsonValue {
    @Override
    public String kind() {
      return value ? "true" : "false";
    }
  }

  record Null(Place place) implements JsonValue {
    @Override
    public String kind() {
      return "null";
    }
  }
}
