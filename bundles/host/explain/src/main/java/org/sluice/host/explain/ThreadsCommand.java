// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.explain;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.apache.felix.service.command.Descriptor;
import org.osgi.service.component.annotations.Component;
import org.sluice.host.api.Commands;

/**
 * {@code host:threads}. Threads of the product are named {@code owner/role}; everything else
 * belongs to the Java runtime or to a library, which names its threads as it likes.
 */
@Component(
    service = ThreadsCommand.class,
    property = {
      "osgi.command.scope=host",
      "osgi.command.function=threads",
      Commands.READS + "=threads"
    })
public final class ThreadsCommand {
  private static final Pattern JDK = Pattern.compile("(java|jdk|sun)\\.");

  /**
   * @param owner the bundle, by its short name
   * @param at the method it is in, or that let it wait
   */
  record ThreadRow(String owner, String role, long id, String state, String at) {}

  @Descriptor(
      """
      Lists the threads by their owner, and where each one is.
      Example: host:threads""")
  public List<ThreadRow> threads() {
    return Thread.getAllStackTraces().entrySet().stream()
        .map(ThreadsCommand::row)
        .sorted(Comparator.comparing(ThreadRow::owner).thenComparing(ThreadRow::role))
        .toList();
  }

  @Descriptor(
      """
      Lists the threads of one owner.
      Example: host:threads host.config""")
  public List<ThreadRow> threads(@Descriptor("short name of a bundle") String owner) {
    return threads().stream().filter(row -> row.owner().equals(owner)).toList();
  }

  private static ThreadRow row(Map.Entry<Thread, StackTraceElement[]> thread) {
    String name = thread.getKey().getName();
    int slash = name.indexOf('/');
    StackTraceElement[] trace = thread.getValue();
    return new ThreadRow(
        slash > 0 ? name.substring(0, slash) : "other",
        slash > 0 ? name.substring(slash + 1) : name,
        thread.getKey().threadId(),
        thread.getKey().getState().name().toLowerCase(Locale.ROOT),
        at(trace));
  }

  /** Every idle thread waits somewhere in the JDK; what tells it apart is who let it. */
  private static String at(StackTraceElement[] trace) {
    return Arrays.stream(trace)
        .filter(frame -> !JDK.matcher(frame.getClassName()).lookingAt())
        .findFirst()
        .or(() -> Arrays.stream(trace).findFirst())
        .map(frame -> frame.getClassName() + "." + frame.getMethodName())
        .orElse("");
  }
}
