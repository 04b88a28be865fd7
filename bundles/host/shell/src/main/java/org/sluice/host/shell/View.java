// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.lang.reflect.RecordComponent;
import java.time.temporal.Temporal;
import java.time.temporal.TemporalAmount;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Detail;
import org.sluice.host.api.Outcome;
import org.sluice.host.api.Prose;
import org.sluice.json.JsonWriter;

/**
 * What a command returned, as text for a person or as JSON for a program.
 *
 * @param terminal where it is shown
 * @param foreign how an object is shown that is none of ours
 */
record View(Terminal terminal, Function<Object, CharSequence> foreign) {

  /** JSON; a stream becomes one object a line, as it flows. */
  void json(@Nullable Object value, Consumer<String> to) {
    switch (value) {
      case Stream<?> stream ->
          each(stream, item -> to.accept(JsonWriter.write(plain(item)) + "\n"));
      case null, default -> to.accept(JsonWriter.pretty(plain(value)) + "\n");
    }
  }

  /** JSON knows no arrays of primitive types. */
  private static @Nullable Object plain(@Nullable Object value) {
    return value != null && value.getClass().isArray() ? Cells.elements(value) : value;
  }

  void text(@Nullable Object value, Consumer<String> to) {
    switch (value) {
      case null -> {}
      case Outcome outcome -> outcome(outcome, to);
      case Prose prose -> line(Cells.neutralLines(prose.prose()), to);
      case CharSequence text -> line(Cells.neutralLines(text.toString()), to);
      case Stream<?> stream -> flow(stream, to);
      case Map<?, ?> map -> to.accept(map(map));
      case java.nio.file.Path path -> line(Cells.text(path), to);
      case Iterable<?> items -> list(items, to);
      case Record record -> to.accept(single(record));
      case Object other when other.getClass().isArray() -> list(Cells.elements(other), to);
      case Number _, Boolean _, Enum<?> _, Optional<?> _, TemporalAmount _, Temporal _ ->
          line(Cells.text(value), to);
      default -> line(Cells.neutralLines(foreign.apply(value).toString()), to);
    }
  }

  private static void line(String text, Consumer<String> to) {
    if (!text.isEmpty()) {
      to.accept(text.endsWith("\n") ? text : text + "\n");
    }
  }

  private void outcome(Outcome outcome, Consumer<String> to) {
    if (!outcome.rows().isEmpty()) {
      list(outcome.rows(), to);
    }
    line(Cells.neutralLines(outcome.text()), to);
  }

  private void list(Iterable<?> items, Consumer<String> to) {
    Iterator<?> all = items.iterator();
    if (!all.hasNext()) {
      to.accept("none\n");
      return;
    }
    @Nullable Table table = null;
    @Nullable Class<?> type = null;
    while (all.hasNext()) {
      Object item = all.next();
      if (!(item instanceof Record record) || item instanceof Prose) {
        flush(table, to);
        table = null;
        type = null;
        text(item == null ? "" : item, to);
        continue;
      }
      if (table == null || type != record.getClass()) {
        if (table != null) {
          flush(table, to);
          to.accept("\n");
        }
        table = new Table(headings(record));
        type = record.getClass();
      }
      table.row(values(record));
    }
    flush(table, to);
  }

  private void flush(@Nullable Table table, Consumer<String> to) {
    if (table != null) {
      to.accept(table.text(terminal));
    }
  }

  private String single(Record record) {
    StringBuilder out = new StringBuilder();
    List<String> names = new ArrayList<>();
    List<String> texts = new ArrayList<>();
    StringBuilder below = new StringBuilder();
    for (RecordComponent component : record.getClass().getRecordComponents()) {
      Object value = Fields.value(record, component);
      String name = Fields.words(component.getName());
      if (value instanceof Iterable<?> items && rows(items)) {
        below.append('\n').append(name).append(":\n");
        StringBuilder nested = new StringBuilder();
        View narrower =
            new View(
                terminal.columns() == 0
                    ? terminal
                    : new Terminal(Math.max(20, terminal.columns() - 2), terminal.color()),
                foreign);
        narrower.list(items, nested::append);
        nested.toString().lines().forEach(l -> below.append("  ").append(l).append('\n'));
      } else {
        names.add(name);
        texts.add(Cells.text(value));
      }
    }
    return out.append(Table.pairs(names, texts, terminal)).append(below).toString();
  }

  private static boolean rows(Iterable<?> items) {
    Iterator<?> all = items.iterator();
    return !(items instanceof java.nio.file.Path) && all.hasNext() && all.next() instanceof Record;
  }

  private String map(Map<?, ?> map) {
    if (map.isEmpty()) {
      return "none\n";
    }
    List<String> names = map.keySet().stream().map(Cells::text).toList();
    List<String> texts = map.values().stream().map(Cells::text).toList();
    return Table.pairs(names, texts, terminal);
  }

  private void flow(Stream<?> stream, Consumer<String> to) {
    Flow flow = new Flow(terminal);
    each(stream, item -> to.accept(flow.text(item)));
    if (flow.empty()) {
      to.accept("none\n");
    }
  }

  private static void each(Stream<?> stream, Consumer<@Nullable Object> action) {
    try (stream) {
      Iterator<?> items = stream.iterator();
      while (!Thread.currentThread().isInterrupted() && items.hasNext()) {
        action.accept(items.next());
      }
    }
  }

  /** The columns of a table of such records. */
  static List<String> headings(Record record) {
    return columns(record).map(c -> Fields.words(c.getName())).toList();
  }

  /** The cells of its row. */
  static List<@Nullable Object> values(Record record) {
    List<@Nullable Object> values = new ArrayList<>();
    columns(record).forEach(c -> values.add(Fields.value(record, c)));
    return values;
  }

  private static Stream<RecordComponent> columns(Record record) {
    return Arrays.stream(record.getClass().getRecordComponents())
        .filter(c -> !c.isAnnotationPresent(Detail.class));
  }
}
