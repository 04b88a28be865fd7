// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.host.api.Prose;

/**
 * Records that come one by one and are shown at once, so that no column can know how wide it will
 * be: it is as wide as the widest so far.
 */
final class Flow {
  private final Terminal terminal;
  private @Nullable Class<?> type;
  private int[] widths = {};
  private boolean empty = true;

  Flow(Terminal terminal) {
    this.terminal = terminal;
  }

  boolean empty() {
    return empty;
  }

  String text(@Nullable Object item) {
    empty = false;
    return switch (item) {
      case null -> "\n";
      case Prose prose -> Cells.neutralLines(prose.prose()) + "\n";
      case Record record when oneOfSeveral(record) ->
          record.getClass().getSimpleName() + " " + Cells.text(pairs(record)) + "\n";
      case Record record -> row(record);
      default -> Cells.text(item) + "\n";
    };
  }

  /** Kinds of a closed set alternate; headings would alternate with them. */
  private static boolean oneOfSeveral(Record record) {
    return Arrays.stream(record.getClass().getInterfaces()).anyMatch(Class::isSealed);
  }

  private static String pairs(Record record) {
    StringBuilder out = new StringBuilder();
    for (var component : record.getClass().getRecordComponents()) {
      out.append(out.isEmpty() ? "" : " ")
          .append(component.getName())
          .append('=')
          .append(Cells.text(Fields.value(record, component)));
    }
    return out.toString();
  }

  private String row(Record record) {
    List<@Nullable Object> values = View.values(record);
    StringBuilder out = new StringBuilder();
    if (type != record.getClass()) {
      type = record.getClass();
      List<String> headings = View.headings(record);
      widths = headings.stream().mapToInt(Width::of).toArray();
      widen(values);
      StringBuilder line = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        line.append(i == 0 ? "" : "  ").append(Width.padRight(headings.get(i), widths[i]));
      }
      String heading = line.toString().stripTrailing();
      out.append(terminal.color() ? Colors.bold(heading) : heading).append('\n');
    }
    widen(values);
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String text = Cells.text(values.get(i));
      String padded = Width.padRight(text, widths[i]);
      line.append(i == 0 ? "" : "  ");
      line.append(terminal.color() ? Colors.state(text, padded) : padded);
    }
    return out.append(line.toString().stripTrailing()).append('\n').toString();
  }

  private void widen(List<@Nullable Object> values) {
    for (int i = 0; i < widths.length; i++) {
      widths[i] = Math.max(widths[i], Width.of(Cells.text(values.get(i))));
    }
  }
}
