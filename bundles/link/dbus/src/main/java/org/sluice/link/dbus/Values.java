// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.dbus;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.sluice.dbus.DBusValue;
import org.sluice.dbus.Signature;
import org.sluice.dbus.VariantMap;

/**
 * Records as others on the bus read them: an {@code a{sv}} with the names of the components, the
 * first letter large. What is not known is left out. What has no type of its own on the bus is
 * text, as people write it.
 */
final class Values {
  private static final Signature RECORD = new Signature("a{sv}");

  private Values() {}

  /** An {@code aa{sv}}. */
  static DBusValue of(Collection<? extends Record> records) {
    return new DBusValue.Array(
        RECORD, records.stream().<DBusValue>map(record -> of(record)).toList());
  }

  /** An {@code a{sv}}. */
  static DBusValue of(Record record) {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = value(record, component);
      if (value != null) {
        values.put(key(component.getName()), value(value, component));
      }
    }
    return new VariantMap(values).toValue();
  }

  private static @Nullable Object value(Record record, RecordComponent component) {
    try {
      return component.getAccessor().invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(component + " cannot be read", e);
    }
  }

  private static String key(String name) {
    return Character.toUpperCase(name.charAt(0)) + name.substring(1);
  }

  private static DBusValue value(Object value, RecordComponent component) {
    return switch (value) {
      case Boolean flag -> DBusValue.flag(flag);
      case Integer number -> new DBusValue.I32(number);
      case Long number -> new DBusValue.I64(number);
      case Instant time -> new DBusValue.U64(micros(time));
      case Enum<?> word -> DBusValue.text(word(word));
      case Record record -> of(record);
      case Collection<?> many when holdsRecords(component) ->
          of(many.stream().map(Record.class::cast).toList());
      case Collection<?> many -> DBusValue.texts(texts(many));
      case Map<?, ?> map -> texts(map);
      default -> DBusValue.text(value.toString());
    };
  }

  /** Since 1970, as systemd counts. */
  static long micros(Instant time) {
    return time.getEpochSecond() * 1_000_000 + time.getNano() / 1000;
  }

  static String word(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** An empty list has a type too, and it must be the same as that of a full one. */
  private static boolean holdsRecords(RecordComponent component) {
    return component.getGenericType() instanceof ParameterizedType type
        && type.getActualTypeArguments()[0] instanceof Class<?> item
        && item.isRecord();
  }

  private static List<String> texts(Collection<?> many) {
    List<String> texts = new ArrayList<>();
    for (Object one : many) {
      texts.add(one instanceof Enum<?> word ? word(word) : one.toString());
    }
    return texts;
  }

  private static DBusValue texts(Map<?, ?> map) {
    Map<String, DBusValue> values = new LinkedHashMap<>();
    map.forEach((key, value) -> values.put(key.toString(), DBusValue.text(value.toString())));
    return new VariantMap(values).toValue();
  }
}
