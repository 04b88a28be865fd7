// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.proto.PacketText;

/** Packets as they pass, one row each, until the reader goes or has enough. */
final class Tracing implements AutoCloseable {
  private static final long PATIENCE_NANOS = 1_000_000_000;

  private final Tap tap;
  private final String link;
  private final int hex;
  private final PacketText text = new PacketText();
  private long left;
  private @Nullable TraceRow remark;
  private Tap.@Nullable Seen held;

  /**
   * @param count how many packets are shown; 0 for no end
   * @param hex how many bytes of each are shown
   * @param remark what is told first
   */
  Tracing(Tap tap, String link, long count, int hex, @Nullable TraceRow remark) {
    this.tap = tap;
    this.link = link;
    this.hex = hex;
    this.remark = remark;
    left = count == 0 ? Long.MAX_VALUE : count;
  }

  Stream<TraceRow> rows() {
    return Stream.generate(this::next)
        .takeWhile(Optional::isPresent)
        .map(Optional::get)
        .onClose(this::close);
  }

  private Optional<TraceRow> next() {
    TraceRow told = remark;
    if (told != null) {
      remark = null;
      return Optional.of(told);
    }
    Tap.Seen seen = held;
    held = null;
    while (seen == null) {
      if (left == 0 || tap.ended() || Thread.currentThread().isInterrupted()) {
        return Optional.empty();
      }
      seen = tap.next(PATIENCE_NANOS);
    }
    long missed = tap.missed();
    if (missed > 0) {
      held = seen;
      return Optional.of(
          TraceRow.remark(
              link, missed + " packets are not shown: they came faster than they were read"));
    }
    left--;
    return Optional.of(TraceRow.of(seen, text, hex));
  }

  @Override
  public void close() {
    tap.close();
  }
}
