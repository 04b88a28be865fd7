// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.PrintStream;
import java.util.Collection;
import java.util.stream.Stream;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Converter;
import org.apache.felix.service.command.Process;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.Outcome;
import org.sluice.host.api.Prose;

/**
 * What a command returned, as text for the next command of a pipe: the same table, never cut and
 * never coloured. A stream goes through the pipe as it flows.
 */
@Component
public final class Piped implements Converter {

  @Override
  public @Nullable Object convert(Class<?> desiredType, Object in) {
    return null;
  }

  @Override
  public @Nullable CharSequence format(Object target, int level, Converter escape) {
    boolean ours =
        target instanceof Record
            || target instanceof Prose
            || target instanceof Outcome
            || target instanceof Stream
            || (target instanceof Collection<?> items
                && !items.isEmpty()
                && items.iterator().next() instanceof Record);
    if (!ours || level != Converter.INSPECT) {
      return null;
    }
    boolean json =
        escape instanceof CommandSession session && Boolean.TRUE.equals(session.get(Dialogue.JSON));
    View view = new View(Terminal.NONE, String::valueOf);
    StringBuilder text = new StringBuilder();
    Process process = Process.Utils.current();
    if (target instanceof Stream && process != null) {
      PrintStream out = process.out();
      show(view, target, json, chunk -> pass(chunk, out));
    } else {
      show(view, target, json, text::append);
    }
    return text.toString().stripTrailing();
  }

  private static void show(
      View view, Object target, boolean json, java.util.function.Consumer<String> to) {
    if (json) {
      view.json(target, to);
    } else {
      view.text(target, to);
    }
  }

  /** The stream ends with its reader. */
  private static void pass(String chunk, PrintStream out) {
    out.print(chunk);
    if (out.checkError()) {
      throw new IllegalStateException("the next command of the pipe has ended");
    }
  }
}
