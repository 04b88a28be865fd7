// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.stream.Stream;
import org.apache.felix.service.command.Descriptor;
import org.apache.felix.service.command.Parameter;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.sluice.host.api.Commands;
import org.sluice.link.api.Happening;
import org.sluice.link.api.Happenings;
import org.sluice.link.api.LinkSubscription;

/** What the shell can ask. */
@Component(
    service = HappeningCommands.class,
    property = {
      "osgi.command.scope=link",
      "osgi.command.function=happenings",
      Commands.READS + "=happenings"
    })
public final class HappeningCommands {
  private static final int SHOWN = 100;
  private static final int AHEAD = 64;

  private final Happenings happenings;

  @Activate
  public HappeningCommands(@Reference Happenings happenings) {
    this.happenings = happenings;
  }

  @Descriptor(
      """
      Shows what happened on the network, in the words that hooks know; with --follow what is so now and what happens.
      Example: link:happenings
      Example: link:happenings --follow""")
  public Stream<? extends Record> happenings(
      @Descriptor("go on with what happens from now on, until interrupted")
          @Parameter(
              names = {"--follow", "-f"},
              presentValue = "true",
              absentValue = "false")
          boolean follow) {
    return follow ? flow() : happenings.recent(SHOWN).stream().map(HappeningRow::of);
  }

  /** The thread of the subscription waits for the reader, and the table for neither. */
  private Stream<HappeningRow> flow() {
    BlockingQueue<Happening> queue = new ArrayBlockingQueue<>(AHEAD);
    LinkSubscription subscription =
        happenings.subscribe(
            "shell-happenings",
            happening -> {
              try {
                queue.put(happening);
              } catch (InterruptedException e) {
                // The subscription is being closed; its thread finds that out by itself.
                Thread.currentThread().interrupt();
              }
            });
    return Stream.generate(() -> take(queue))
        .takeWhile(happening -> !happening.isEmpty())
        .map(happening -> HappeningRow.of(happening.get()))
        .onClose(subscription::close);
  }

  /** Empty when the reader was interrupted. */
  private static java.util.Optional<Happening> take(BlockingQueue<Happening> queue) {
    try {
      return java.util.Optional.of(queue.take());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return java.util.Optional.empty();
    }
  }
}
