// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.log;

import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;

/** What the shell can ask of the log. */
@Component(
    service = LogCommands.class,
    property = {"osgi.command.scope=host", "osgi.command.function=log", Commands.READS + "=log"})
public final class LogCommands {
  private static final int SHOWN = 50;

  private final LogCenter center;

  @Activate
  public LogCommands(@Reference LogCenter center) {
    this.center = center;
  }

  @Descriptor(
      """
      Shows the last records, oldest first, and with --follow what is logged from now on.
      Example: host:log
      Example: host:log --level warn 20
      Example: host:log --follow""")
  public Stream<? extends Record> log(
      @Descriptor("go on with what is logged from now on, until interrupted")
          @Parameter(
              names = {"--follow", "-f"},
              presentValue = "true",
              absentValue = "false")
          boolean follow,
      @Descriptor("the least severe to show: error, warn, info, debug, trace")
          @Parameter(
              names = {"--level", "-l"},
              absentValue = "trace")
          String level) {
    return log(follow, level, SHOWN);
  }

  @Descriptor(
      """
      Shows the last records, oldest first.
      Example: host:log --level warn 20""")
  public Stream<? extends Record> log(
      @Descriptor("go on with what is logged from now on, until interrupted")
          @Parameter(
              names = {"--follow", "-f"},
              presentValue = "true",
              absentValue = "false")
          boolean follow,
      @Descriptor("the least severe to show: error, warn, info, debug, trace")
          @Parameter(
              names = {"--level", "-l"},
              absentValue = "trace")
          String level,
      @Descriptor("how many records") int most) {
    Severity least =
        Severity.of(level)
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "--level is error, warn, info, debug or trace, not " + level));
    if (most < 0) {
      throw new IllegalArgumentException("how many records: a number from 0 on, not " + most);
    }
    return follow
        ? center.recent().follow(most, least)
        : center.recent().last(most, least).stream();
  }
}
