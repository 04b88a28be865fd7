// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.reflect.Array;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/** Values as a person reads them, in one line, with nothing in them that a terminal would obey. */
final class Cells {
  private static final int ENOUGH = 100_000;

  private Cells() {}

  static String text(@Nullable Object value) {
    return neutral(raw(value));
  }

  private static String raw(@Nullable Object value) {
    return switch (value) {
      case null -> "";
      case Optional<?> o -> raw(o.orElse(null));
      case OptionalInt o -> o.isPresent() ? raw(o.getAsInt()) : "";
      case OptionalLong o -> o.isPresent() ? raw(o.getAsLong()) : "";
      case OptionalDouble o -> o.isPresent() ? raw(o.getAsDouble()) : "";
      case Boolean b -> b ? "yes" : "no";
      case Double d -> decimal(d);
      case Float f -> decimal(f);
      case Instant i -> i.truncatedTo(ChronoUnit.SECONDS).toString();
      case Duration d -> duration(d);
      case Map<?, ?> m -> map(m);
      case java.nio.file.Path p -> p.toString();
      case Iterable<?> items -> list(items);
      case Record r -> record(r);
      case Object o when o.getClass().isArray() -> list(elements(o));
      default -> String.valueOf(value);
    };
  }

  /** Of an array of any type. */
  static List<@Nullable Object> elements(Object array) {
    List<@Nullable Object> elements = new ArrayList<>();
    for (int i = 0; i < Array.getLength(array); i++) {
      elements.add(Array.get(array, i));
    }
    return elements;
  }

  static boolean isNumber(@Nullable Object value) {
    return value instanceof Number
        || value instanceof OptionalInt
        || value instanceof OptionalLong
        || value instanceof OptionalDouble
        || value instanceof Duration
        || (value instanceof Optional<?> o && o.isPresent() && isNumber(o.get()));
  }

  private static String decimal(double value) {
    if (value == Math.rint(value) && Math.abs(value) < 1e15) {
      return Long.toString((long) value);
    }
    return Math.abs(value) >= 0.001 && Math.abs(value) < 1e9
        ? String.format(Locale.ROOT, "%.3f", value).replaceFirst("0+$", "")
        : Double.toString(value);
  }

  private static String duration(Duration d) {
    if (d.compareTo(Duration.ofMinutes(1)) < 0) {
      return d.compareTo(Duration.ofSeconds(1)) < 0
          ? decimal(d.toNanos() / 1e6) + " ms"
          : decimal(d.toMillis() / 1e3) + " s";
    }
    StringJoiner parts = new StringJoiner(" ");
    long[] amounts = {d.toDays(), d.toHoursPart(), d.toMinutesPart(), d.toSecondsPart()};
    String[] units = {"d", "h", "min", "s"};
    for (int i = 0; i < amounts.length; i++) {
      if (amounts[i] != 0) {
        parts.add(amounts[i] + " " + units[i]);
      }
    }
    return parts.toString();
  }

  private static String list(Iterable<?> items) {
    StringJoiner out = new StringJoiner(", ");
    for (Object item : items) {
      out.add(raw(item));
      if (out.length() > ENOUGH) {
        return out.add("…").toString();
      }
    }
    return out.toString();
  }

  private static String map(Map<?, ?> map) {
    StringJoiner out = new StringJoiner(" ");
    map.forEach((key, value) -> out.add(raw(key) + "=" + raw(value)));
    return out.toString();
  }

  /** A record that says how it is written is written so; any other by its components. */
  private static String record(Record record) {
    String own = record.toString();
    if (!own.startsWith(record.getClass().getSimpleName() + "[")) {
      return own;
    }
    StringJoiner out = new StringJoiner(" ");
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      out.add(component.getName() + "=" + raw(Fields.value(record, component)));
    }
    return out.toString();
  }

  /**
   * Without characters that a terminal obeys or that change the order of others: what is shown came
   * from the wire or from a file, and must not move the cursor.
   */
  static String neutral(String text) {
    return neutral(text, false);
  }

  /** The same for a text of several lines. */
  static String neutralLines(String text) {
    return neutral(text, true);
  }

  private static String neutral(String text, boolean lines) {
    int i = 0;
    while (i < text.length() && !obeyed(text.charAt(i), lines)) {
      i++;
    }
    if (i == text.length()) {
      return text;
    }
    StringBuilder out = new StringBuilder(text.length() + 16).append(text, 0, i);
    for (; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!obeyed(c, lines)) {
        out.append(c);
      } else {
        switch (c) {
          case '\n' -> out.append("\\n");
          case '\r' -> out.append("\\r");
          case '\t' -> out.append("\\t");
          default ->
              out.append(
                  c < 0x100
                      ? String.format("\\x%02x", (int) c)
                      : String.format("\\u%04x", (int) c));
        }
      }
    }
    return out.toString();
  }

  private static boolean obeyed(char c, boolean lines) {
    if (lines && (c == '\n' || c == '\t')) {
      return false;
    }
    return c < ' '
        || (c >= 0x7f && c < 0xa0)
        || (c >= 0x202a && c <= 0x202e)
        || (c >= 0x2066 && c <= 0x2069)
        || c == 0x2028
        || c == 0x2029
        || c == 0x200e
        || c == 0x200f;
  }
}
