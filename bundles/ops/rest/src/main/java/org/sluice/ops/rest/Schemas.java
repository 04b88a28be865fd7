// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.lang.reflect.WildcardType;
import java.math.BigInteger;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/** JSON schemas of records as {@link org.sluice.json.JsonWriter} writes them. */
final class Schemas {
  private static final Set<Class<?>> INTEGERS =
      Set.of(
          int.class,
          short.class,
          byte.class,
          Integer.class,
          Short.class,
          Byte.class,
          BigInteger.class);

  private final TreeMap<String, Map<String, Object>> components = new TreeMap<>();
  private final Map<Class<?>, String> names = new LinkedHashMap<>();

  /** Named schemas, for {@code components/schemas}. */
  Map<String, Map<String, Object>> components() {
    return components;
  }

  Map<String, Object> of(Type type) {
    return switch (type) {
      case Class<?> plain -> ofClass(plain);
      case ParameterizedType generic -> ofGeneric(generic);
      case GenericArrayType array -> list(of(array.getGenericComponentType()));
      case WildcardType wild -> of(wild.getUpperBounds()[0]);
      default -> Map.of();
    };
  }

  private Map<String, Object> ofGeneric(ParameterizedType type) {
    Class<?> raw = (Class<?>) type.getRawType();
    Type[] arguments = type.getActualTypeArguments();
    if (raw == Optional.class) {
      return nullable(of(arguments[0]));
    }
    if (Map.class.isAssignableFrom(raw) && arguments.length == 2) {
      return Map.of("type", "object", "additionalProperties", of(arguments[1]));
    }
    if (Iterable.class.isAssignableFrom(raw) && arguments.length == 1) {
      return list(of(arguments[0]));
    }
    return ofClass(raw);
  }

  private Map<String, Object> ofClass(Class<?> type) {
    if (type == boolean.class || type == Boolean.class) {
      return Map.of("type", "boolean");
    }
    if (INTEGERS.contains(type)) {
      return Map.of("type", "integer");
    }
    if (type == long.class || type == Long.class) {
      return format("integer", "int64");
    }
    if (type == double.class
        || type == float.class
        || type == Double.class
        || type == Float.class) {
      // JSON has no word for infinite and not-a-number: those are null.
      return Map.of("type", List.of("number", "null"));
    }
    if (Number.class.isAssignableFrom(type)) {
      return Map.of("type", "number");
    }
    if (type == OptionalInt.class || type == OptionalLong.class) {
      return Map.of("type", List.of("integer", "null"));
    }
    if (type == OptionalDouble.class) {
      return Map.of("type", List.of("number", "null"));
    }
    if (type.isArray()) {
      return list(of(type.getComponentType()));
    }
    if (type.isEnum()) {
      List<String> words = Arrays.stream(type.getEnumConstants()).map(Object::toString).toList();
      return sorted("type", "string", "enum", words);
    }
    return ofObject(type);
  }

  private Map<String, Object> ofObject(Class<?> type) {
    if (Map.class.isAssignableFrom(type)) {
      return Map.of("type", "object");
    }
    if (java.nio.file.Path.class.isAssignableFrom(type)) {
      return Map.of("type", "string");
    }
    if (Iterable.class.isAssignableFrom(type)) {
      return list(Map.of());
    }
    if (type.isRecord()) {
      return reference(type);
    }
    if (type.isSealed() && type.isInterface()) {
      return Map.of("anyOf", Arrays.stream(type.getPermittedSubclasses()).map(this::of).toList());
    }
    if (type == Object.class || type == Record.class || type == Optional.class) {
      return Map.of();
    }
    return text(type);
  }

  /** Everything else is written as text. */
  private static Map<String, Object> text(Class<?> type) {
    if (type == Instant.class) {
      return format("string", "date-time");
    }
    if (type == LocalDate.class) {
      return format("string", "date");
    }
    if (type == Duration.class) {
      return format("string", "duration");
    }
    // An interface of another kind may be a record at run time.
    return type.isInterface() && type != CharSequence.class ? Map.of() : Map.of("type", "string");
  }

  private Map<String, Object> reference(Class<?> type) {
    String name = names.get(type);
    if (name == null) {
      name = components.containsKey(type.getSimpleName()) ? type.getName() : type.getSimpleName();
      name = name.replace('$', '.');
      names.put(type, name);
      // Its place is taken before its parts are looked at: a record may contain itself.
      Map<String, Object> schema = new LinkedHashMap<>();
      components.put(name, schema);
      describe(type, schema);
    }
    return Map.of("$ref", "#/components/schemas/" + name);
  }

  private void describe(Class<?> type, Map<String, Object> schema) {
    Map<String, Object> properties = new LinkedHashMap<>();
    List<String> required = new ArrayList<>();
    Set<String> nullable = Nullness.nullable(type);
    for (RecordComponent component : type.getRecordComponents()) {
      Map<String, Object> plain = of(component.getGenericType());
      properties.put(
          component.getName(), nullable.contains(component.getName()) ? nullable(plain) : plain);
      required.add(component.getName());
    }
    schema.put("type", "object");
    schema.put("properties", properties);
    if (!required.isEmpty()) {
      schema.put("required", required);
    }
    schema.put("additionalProperties", false);
  }

  private static Map<String, Object> nullable(Map<String, Object> schema) {
    return Map.of("anyOf", List.of(schema, Map.of("type", "null")));
  }

  static Map<String, Object> list(Map<String, Object> items) {
    return sorted("type", "array", "items", items);
  }

  private static Map<String, Object> format(String type, String format) {
    return sorted("type", type, "format", format);
  }

  private static Map<String, Object> sorted(
      String firstKey, Object first, String secondKey, Object second) {
    Map<String, Object> map = new LinkedHashMap<>();
    map.put(firstKey, first);
    map.put(secondKey, second);
    return map;
  }
}
