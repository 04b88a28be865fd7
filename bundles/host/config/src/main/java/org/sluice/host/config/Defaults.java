// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.sluice.json.JsonException;
import org.sluice.json.JsonReader;
import org.sluice.json.JsonValue;
import org.sluice.json.Place;

/** What holds for a key that is not written. */
final class Defaults {
  private static final Place NOWHERE = new Place(1, 1);

  private Defaults() {}

  /** Empty when there is no default, or when the bundle gives one that its own rules forbid. */
  static Optional<Object> of(Attribute attribute) {
    List<String> defaults = attribute.defaults();
    if (defaults == null || (!attribute.list() && defaults.isEmpty())) {
      return Optional.empty();
    }
    try {
      List<JsonValue> items = new ArrayList<>();
      for (String text : defaults) {
        items.add(
            attribute.type().textual() ? new JsonValue.Str(NOWHERE, text) : JsonReader.read(text));
      }
      return Optional.of(
          ValueReader.read(
              attribute, attribute.list() ? new JsonValue.Arr(NOWHERE, items) : items.getFirst()));
    } catch (JsonException | Unfit e) {
      return Optional.empty();
    }
  }
}
