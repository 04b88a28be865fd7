// SPDX-License-Identifier: Apache-2.0
package org.sluice.dbus;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalLong;

/**
 * Properties or options of a peer: an {@code a{sv}}, or any dictionary with texts as keys.
 *
 * <p>Read leniently: a key that is missing and a key that holds another kind of value are both
 * empty, because keys come, go and change by version of the peer.
 *
 * @param values without their outer variant
 */
public record VariantMap(Map<String, DBusValue> values) {
  static final VariantMap EMPTY = new VariantMap(Map.of());

  public VariantMap {
    values = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(values));
  }

  static VariantMap of(DBusValue.Dict dict) {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    for (DBusValue.Entry entry : dict.entries()) {
      // Of a key sent twice the later one counts, as in other implementations.
      entry.key().asText().ifPresent(key -> values.put(key, entry.value().bare()));
    }
    return new VariantMap(values);
  }

  /** As it is sent: an {@code a{sv}}. */
  public DBusValue.Dict toValue() {
    return new DBusValue.Dict(
        Signature.STRING,
        Signature.VARIANT,
        values.entrySet().stream()
            .map(
                entry ->
                    new DBusValue.Entry(
                        new DBusValue.Str(entry.getKey()), new DBusValue.Variant(entry.getValue())))
            .toList());
  }

  public boolean has(String key) {
    return values.containsKey(key);
  }

  public Optional<DBusValue> value(String key) {
    return Optional.ofNullable(values.get(key));
  }

  public Optional<String> text(String key) {
    return value(key).flatMap(DBusValue::asText);
  }

  /** See {@link DBusValue#asNumber}. */
  public OptionalLong number(String key) {
    return value(key).map(DBusValue::asNumber).orElse(OptionalLong.empty());
  }

  public OptionalDouble real(String key) {
    return value(key).map(DBusValue::asReal).orElse(OptionalDouble.empty());
  }

  public Optional<Boolean> flag(String key) {
    return value(key).flatMap(DBusValue::asFlag);
  }

  public Optional<ObjectPath> path(String key) {
    return value(key).flatMap(DBusValue::asPath);
  }

  public Optional<byte[]> bytes(String key) {
    return value(key).flatMap(DBusValue::asBytes);
  }

  /** The items, or none. */
  public List<DBusValue> list(String key) {
    return value(key).map(DBusValue::asList).orElse(List.of());
  }

  /** The items that are texts. */
  public List<String> texts(String key) {
    return list(key).stream().flatMap(item -> item.asText().stream()).toList();
  }

  /** The dictionary, or an empty one. */
  public VariantMap map(String key) {
    return value(key).map(DBusValue::asMap).orElse(EMPTY);
  }
}
