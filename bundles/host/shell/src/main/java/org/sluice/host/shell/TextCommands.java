// SPDX-License-Identifier: Apache-2.0
package org.sluice.host.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.apache.felix.service.command.Process;
import org.osgi.service.component.annotations.Component;

/** The right-hand sides of pipes. */
@Component(
    service = TextCommands.class,
    property = {
      CommandProcessor.COMMAND_SCOPE + "=text",
      CommandProcessor.COMMAND_FUNCTION + "=grep",
      CommandProcessor.COMMAND_FUNCTION + "=head",
      CommandProcessor.COMMAND_FUNCTION + "=tail",
      CommandProcessor.COMMAND_FUNCTION + "=sort",
      CommandProcessor.COMMAND_FUNCTION + "=count",
      CommandProcessor.COMMAND_FUNCTION + "=echo"
    })
public final class TextCommands {

  @Descriptor(
      "Keeps the lines in which a regular expression is found.\nExample: host:commands | grep host")
  public void grep(
      @Descriptor("without regard to upper and lower case")
          @Parameter(
              names = {"-i", "--ignore-case"},
              presentValue = "true",
              absentValue = "false")
          boolean ignoreCase,
      @Descriptor("keeps the other lines")
          @Parameter(
              names = {"-v", "--invert"},
              presentValue = "true",
              absentValue = "false")
          boolean invert,
      @Descriptor("what to look for") String pattern)
      throws IOException {
    Pattern compiled;
    try {
      compiled = Pattern.compile(pattern, ignoreCase ? Pattern.CASE_INSENSITIVE : 0);
    } catch (PatternSyntaxException e) {
      throw new IllegalArgumentException(
          pattern + " is no regular expression: " + e.getDescription(), e);
    }
    PrintStream out = out();
    each(
        line -> {
          if (compiled.matcher(line).find() != invert) {
            out.println(line);
          }
          return !out.checkError();
        });
  }

  @Descriptor("Keeps the first lines.\nExample: host:commands | head -n 3")
  public void head(
      @Descriptor("how many; 10 when not given")
          @Parameter(
              names = {"-n", "--lines"},
              absentValue = "10")
          int lines)
      throws IOException {
    PrintStream out = out();
    int[] left = {lines};
    if (lines > 0) {
      each(
          line -> {
            out.println(line);
            return --left[0] > 0;
          });
    }
  }

  @Descriptor("Keeps the last lines.\nExample: host:commands | tail -n 3")
  public void tail(
      @Descriptor("how many; 10 when not given")
          @Parameter(
              names = {"-n", "--lines"},
              absentValue = "10")
          int lines)
      throws IOException {
    ArrayDeque<String> last = new ArrayDeque<>();
    each(
        line -> {
          last.add(line);
          if (last.size() > lines) {
            last.remove();
          }
          return true;
        });
    last.forEach(out()::println);
  }

  @Descriptor("Sorts the lines.\nExample: host:commands | sort -r")
  public void sort(
      @Descriptor("the last first")
          @Parameter(
              names = {"-r", "--reverse"},
              presentValue = "true",
              absentValue = "false")
          boolean reverse)
      throws IOException {
    List<String> lines = new ArrayList<>();
    each(lines::add);
    lines.sort(reverse ? Collections.reverseOrder() : null);
    lines.forEach(out()::println);
  }

  @Descriptor("Counts the lines.\nExample: host:commands | count")
  public long count() throws IOException {
    long[] lines = {0};
    each(line -> ++lines[0] > 0);
    return lines[0];
  }

  @Descriptor("Says its arguments.\nExample: echo hello")
  public String echo(@Descriptor("what to say") String[] words) {
    return String.join(" ", words);
  }

  /** What is done with a line; false when no more are wanted. */
  private interface Use {
    boolean of(String line);
  }

  private static void each(Use use) throws IOException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(process().in(), StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!use.of(line)) {
        return;
      }
    }
  }

  private static PrintStream out() {
    return process().out();
  }

  private static Process process() {
    Process process = Process.Utils.current();
    if (process == null) {
      throw new IllegalStateException("this command reads from a pipe: host:commands | grep host");
    }
    return process;
  }
}
