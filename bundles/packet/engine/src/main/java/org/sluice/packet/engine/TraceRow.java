// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.MemorySegment;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.proto.PacketText;

/**
 * A packet that passed, or a remark about those that were not shown.
 *
 * @param way {@code in}, {@code out}; empty for a remark
 * @param bytes in hex, as many as were asked for
 */
record TraceRow(String time, String link, String way, int length, String packet, String bytes) {

  static TraceRow of(Tap.Seen seen, PacketText text, int hex) {
    FrameBatch one = new FrameBatch(18);
    one.bind(MemorySegment.ofBuffer(seen.bytes()), 1 << 30);
    one.add(0, seen.bytes().limit(), seen.flags() & ~FrameBatch.CONTINUED);
    return new TraceRow(
        time(seen.when()),
        seen.link(),
        seen.in() ? "in" : "out",
        seen.length(),
        text.line(one, 0),
        HexFormat.of().formatHex(seen.bytes().array(), 0, Math.min(hex, seen.bytes().limit())));
  }

  static TraceRow remark(String link, String words) {
    return new TraceRow(time(Instant.now()), link, "", 0, words, "");
  }

  /** Packets follow one another in microseconds. */
  private static String time(Instant when) {
    return when.truncatedTo(ChronoUnit.MICROS).toString();
  }
}
