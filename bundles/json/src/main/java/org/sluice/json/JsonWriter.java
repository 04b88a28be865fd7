// SPDX-License-Identifier: Apache-2.0
package org.sluice.json;

import java.lang.reflect.Array;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes strict JSON. Records become objects by their components, maps by their keys, iterables and
 * arrays become lists, an empty optional becomes null; enums, instants, durations, addresses and
 * everything else become texts by {@code toString}.
 */
public final class JsonWriter {
  /**
   * Of each class of records, in order. The virtual machine makes new ones whenever it is asked,
   * and has to learn for each how to call it: that took longer than all the rest. They belong to
   * the class and go with it.
   */
  private static final ClassValue<List<Method>> ACCESSORS =
      new ClassValue<>() {
        @Override
        protected List<Method> computeValue(Class<?> type) {
          List<Method> all = new ArrayList<>();
          for (RecordComponent component : type.getRecordComponents()) {
            Method accessor = component.getAccessor();
            // A record nested in a package-private type is still data that its owner hands out.
            accessor.setAccessible(true);
            all.add(accessor);
          }
          return List.copyOf(all);
        }
      };

  private final StringBuilder out = new StringBuilder();
  private final boolean pretty;
  private int indent;

  private JsonWriter(boolean pretty) {
    this.pretty = pretty;
  }

  /** In one line. */
  public static String write(@Nullable Object value) {
    return new JsonWriter(false).value(value).toString();
  }

  /** Indented by two, for people. */
  public static String pretty(@Nullable Object value) {
    return new JsonWriter(true).value(value).toString();
  }

  private StringBuilder value(@Nullable Object value) {
    switch (value) {
      case null -> out.append("null");
      case Boolean bool -> out.append(bool);
      case Double number -> number(number);
      case Float number -> number(Double.parseDouble(number.toString()));
      case Number number -> out.append(number);
      case Optional<?> optional -> value(optional.orElse(null));
      case OptionalInt optional ->
          value(optional.isPresent() ? (Object) optional.getAsInt() : null);
      case OptionalLong optional ->
          value(optional.isPresent() ? (Object) optional.getAsLong() : null);
      case JsonValue json -> json(json);
      case Map<?, ?> map -> map(map);
      case java.nio.file.Path path -> string(path.toString());
      case Iterable<?> items -> list(items);
      case Object[] items -> list(java.util.Arrays.asList(items));
      case Record record -> record(record);
      default -> {
        if (value.getClass().isArray()) {
          list(elements(value));
        } else {
          string(value.toString());
        }
      }
    }
    return out;
  }

  private static List<Object> elements(Object array) {
    List<Object> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      elements.add(Array.get(array, i));
    }
    return elements;
  }

  private void json(JsonValue json) {
    switch (json) {
      case JsonValue.Obj object -> {
        open('{');
        boolean first = true;
        for (JsonValue.Member member : object.members()) {
          first = next(first);
          name(member.name());
          value(member.value());
        }
        close('}', first);
      }
      case JsonValue.Arr array -> list(array.items());
      case JsonValue.Str text -> string(text.value());
      case JsonValue.Num number -> out.append(number.value());
      case JsonValue.Bool bool -> out.append(bool.value());
      case JsonValue.Null ignored -> out.append("null");
    }
  }

  private void number(double number) {
    if (!Double.isFinite(number)) {
      out.append("null");
    } else if (number == Math.rint(number) && Math.abs(number) < 1e15) {
      out.append((long) number);
    } else {
      out.append(number);
    }
  }

  private void map(Map<?, ?> map) {
    open('{');
    boolean first = true;
    for (Map.Entry<?, ?> entry : map.entrySet()) {
      first = next(first);
      name(String.valueOf(entry.getKey()));
      value(entry.getValue());
    }
    close('}', first);
  }

  private void record(Record record) {
    open('{');
    boolean first = true;
    for (Method accessor : ACCESSORS.get(record.getClass())) {
      first = next(first);
      name(accessor.getName());
      value(read(record, accessor));
    }
    close('}', first);
  }

  private static @Nullable Object read(Record record, Method accessor) {
    try {
      return accessor.invoke(record);
    } catch (IllegalAccessException | InvocationTargetException e) {
      throw new IllegalStateException(
          "reading " + accessor.getName() + " of " + record.getClass().getName(), e);
    }
  }

  private void list(Iterable<?> items) {
    open('[');
    boolean first = true;
    for (Object item : items) {
      first = next(first);
      value(item);
    }
    close(']', first);
  }

  private void open(char bracket) {
    out.append(bracket);
    indent++;
  }

  private boolean next(boolean first) {
    if (!first) {
      out.append(',');
    }
    newline();
    return false;
  }

  private void close(char bracket, boolean empty) {
    indent--;
    if (!empty) {
      newline();
    }
    out.append(bracket);
  }

  private void newline() {
    if (pretty) {
      out.append('\n').repeat("  ", indent);
    }
  }

  private void name(String name) {
    string(name);
    out.append(pretty ? ": " : ":");
  }

  private void string(String text) {
    out.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      switch (c) {
        case '"' -> out.append("\\\"");
        case '\\' -> out.append("\\\\");
        case '\n' -> out.append("\\n");
        case '\r' -> out.append("\\r");
        case '\t' -> out.append("\\t");
        default -> {
          if (c < ' ' || c == 0x7f || (Character.isSurrogate(c) && !paired(text, i))) {
            out.append(String.format("\\u%04x", (int) c));
          } else {
            out.append(c);
          }
        }
      }
    }
    out.append('"');
  }

  /** A lone surrogate cannot be encoded as UTF-8. */
  private static boolean paired(String text, int i) {
    char c = text.charAt(i);
    return Character.isHighSurrogate(c)
        ? i + 1 < text.length() && Character.isLowSurrogate(text.charAt(i + 1))
        : i > 0 && Character.isHighSurrogate(text.charAt(i - 1));
  }
}
