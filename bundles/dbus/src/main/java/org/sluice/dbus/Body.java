// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * The arguments of a call, a signal or a reply. Read leniently by place, as a {@link VariantMap} is
 * by key: what is not there is empty.
 */
public record Body(List<DBusValue> values) {
  public static final Body EMPTY = new Body(List.of());

  public Body {
    values = List.copyOf(values);
  }

  public static Body of(DBusValue... values) {
    return new Body(List.of(values));
  }

  /** The types of all values, one after the other. */
  public Signature signature() {
    return values.isEmpty()
        ? Signature.NONE
        : new Signature(
            values.stream().map(value -> value.type().value()).collect(Collectors.joining()));
  }

  public Optional<DBusValue> value(int place) {
    return place < values.size() ? Optional.of(values.get(place)) : Optional.empty();
  }

  public Optional<String> text(int place) {
    return value(place).flatMap(DBusValue::asText);
  }

  /** See {@link DBusValue#asNumber}. */
  public OptionalLong number(int place) {
    return value(place).map(DBusValue::asNumber).orElse(OptionalLong.empty());
  }

  public Optional<Boolean> flag(int place) {
    return value(place).flatMap(DBusValue::asFlag);
  }

  public Optional<ObjectPath> path(int place) {
    return value(place).flatMap(DBusValue::asPath);
  }

  public List<DBusValue> list(int place) {
    return value(place).map(DBusValue::asList).orElse(List.of());
  }

  public VariantMap map(int place) {
    return value(place).map(DBusValue::asMap).orElse(VariantMap.EMPTY);
  }
}
