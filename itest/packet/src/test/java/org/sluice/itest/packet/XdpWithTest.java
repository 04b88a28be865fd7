// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.lang.foreign.ValueLayout;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.rings.RawLane;
import org.sluice.packet.rings.RawRings;

/** One port on two interfaces: what comes by one leaves by the other, in the chunk it lies in. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpWithTest extends WiredXdp {
  private static final long PATIENCE = 60_000_000_000L;
  private static final int FRAMES = 20_000;
  private static final int AT_ONCE = 64;
  private static final int ETHER_TYPE = 0x88b5;

  /**
   * A second cable between the two networks: {@code end} on the left, {@code next} on the right.
   */
  @BeforeEach
  void lay() throws Exception {
    Wire.run(
        "ip",
        "-n",
        wire.right,
        "link",
        "add",
        "next",
        "type",
        "veth",
        "peer",
        "name",
        "end",
        "netns",
        wire.left);
    Wire.run("ip", "-n", wire.right, "link", "set", "next", "up");
    Wire.run("ip", "-n", wire.left, "link", "set", "end", "up");
  }

  private static FrameSpec spec(String name) {
    return FrameSpec.on(name).matching(Match.parse("ethertype 0x88b5"));
  }

  /** The middle: as a switch of two ports would. Counts what it has moved. */
  private static final class Pump {
    private final RawRings rings;
    private final ArrayDeque<Long> free = new ArrayDeque<>();
    long moved;

    Pump(RawRings rings) {
      this.rings = rings;
      for (long chunk : rings.free()) {
        free.add(chunk);
      }
    }

    /** Moves from one lane to another, and gives the first lane other chunks in exchange. */
    void move(int from, int to) {
      RawLane in = rings.lanes().get(from);
      RawLane out = rings.lanes().get(to);
      int back = out.completion().peek(AT_ONCE);
      for (int i = 0; i < back; i++) {
        free.add(out.completion().address(i) & -rings.chunkSize());
      }
      out.completion().free(back);
      int most = Math.min(in.receive().peek(AT_ONCE), free.size());
      int room = Math.min(out.transmit().reserve(most), in.fill().reserve(most));
      for (int i = 0; i < room; i++) {
        out.transmit().put(i, in.receive().address(i), in.receive().length(i), 0);
        in.fill().put(i, free.remove());
      }
      in.receive().free(room);
      out.transmit().publish(room);
      in.fill().publish(room);
      if (in.fill().needsWakeup()) {
        rings.refilled(from);
      }
      rings.transmit(to);
      moved += room;
    }
  }

  private static void send(FramePort port, FrameBatch batch, int[] next) {
    int got = port.reserve(batch, Math.min(AT_ONCE, FRAMES - next[0]));
    for (int i = 0; i < got; i++) {
      batch.length(i, 60);
      for (int at = 0; at < 12; at++) {
        batch.frame(i).set(ValueLayout.JAVA_BYTE, at, (byte) 0x02);
      }
      batch.frame(i).set(ValueLayout.JAVA_BYTE, 12, (byte) (ETHER_TYPE >> 8));
      batch.frame(i).set(ValueLayout.JAVA_BYTE, 13, (byte) ETHER_TYPE);
      batch.frame(i).set(ValueLayout.JAVA_INT_UNALIGNED, 16, next[0]++);
    }
    port.send(batch);
    port.flush();
    assertTrue(batch.isEmpty(), "the ring has room for what is in flight");
  }

  private static void receive(FramePort port, FrameBatch batch, int[] next) {
    port.receive(batch);
    for (int i = 0; i < batch.count(); i++) {
      assertEquals(60, batch.length(i));
      assertEquals(next[0]++, batch.frame(i).get(ValueLayout.JAVA_INT_UNALIGNED, 16));
    }
    port.release(batch);
  }

  @Test
  void whatComesByOneLeavesByTheOther() throws Exception {
    FramePort a = wire.inLeft(() -> driver.open(spec("left")));
    FramePort b = wire.inLeft(() -> driver.open(spec("end")));
    FramePort middle =
        wire.inRight(() -> driver.open(spec("right").option("xdp.with", "next").chunks(8192)));
    PortReport report = middle.report();
    assertEquals("right queue 0, next queue 0", report.where());
    assertEquals(8, report.rings().size());
    assertTrue(report.facts().containsKey("program of next"), report.facts().toString());
    try (RawRings rings = RawRings.of(middle, true)) {
      assertEquals("right queue 0", rings.lanes().get(0).name());
      assertEquals("next queue 0", rings.lanes().get(1).name());
      Pump pump = new Pump(rings);
      FrameBatch batch = new FrameBatch(AT_ONCE);
      int[] toB = {0};
      int[] atB = {0};
      int[] toA = {0};
      int[] atA = {0};
      long end = System.nanoTime() + PATIENCE;
      while (atA[0] < FRAMES || atB[0] < FRAMES) {
        assertTrue(System.nanoTime() < end, () -> atA[0] + " " + atB[0] + " " + rings.report());
        if (toB[0] - atB[0] < 512) {
          send(a, batch, toB);
        }
        if (toA[0] - atA[0] < 512) {
          send(b, batch, toA);
        }
        pump.move(0, 1);
        pump.move(1, 0);
        receive(b, batch, atB);
        receive(a, batch, atA);
      }
      assertEquals(2L * FRAMES, pump.moved);
      assertEquals(0, rings.report().census().missing());
      assertEquals(0, rings.report().statistics().receiveDropped());
    }
    for (String link : new String[] {"right", "next"}) {
      assertFalse(
          Wire.run("ip", "-n", wire.right, "-d", "link", "show", link).contains("xdp"), link);
    }
  }

  @Test
  void whatCannotBeTogetherIsRefusedAndNothingIsLeft() throws Exception {
    PortException missing =
        assertThrows(
            PortException.class,
            () ->
                wire.inRight(() -> driver.open(spec("right").option("xdp.with", "next,nowhere"))));
    assertTrue(missing.toString().contains("nowhere"), missing.toString());
    PortException map =
        assertThrows(
            PortException.class,
            () ->
                wire.inRight(
                    () ->
                        driver.open(
                            spec("right").option("xdp.with", "next").option("xdp.map", "/x"))));
    assertTrue(map.toString().contains("xdp.with"), map.toString());
    PortException twice =
        assertThrows(
            PortException.class,
            () -> wire.inRight(() -> driver.open(spec("right").option("xdp.with", "right"))));
    assertTrue(twice.toString().contains("right"), twice.toString());
    for (String link : new String[] {"right", "next"}) {
      assertFalse(
          Wire.run("ip", "-n", wire.right, "-d", "link", "show", link).contains("xdp"), link);
    }
    wire.inRight(() -> driver.open(spec("right").option("xdp.with", "next"))).close();
  }
}
