// SPDX-License-Identifier: Apache-2.0
package org.sluice.itest.packet;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortStatistics;

/** What becomes of a port when its interface is changed, goes down, or goes away. */
@Timeout(value = 240, unit = TimeUnit.SECONDS)
final class XdpLinkTest extends WiredXdp {
  private static final int TYPE = 0x88b5;
  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  private final FrameBatch batch = new FrameBatch(64);

  private static FrameSpec spec(String link, String attach) {
    return FrameSpec.on(link)
        .matching(new Match.EtherType(TYPE))
        .chunks(256)
        .ring(64)
        .option("xdp.attach", attach);
  }

  private FramePort left(FrameSpec spec) throws Exception {
    return wire.inLeft(() -> driver.open(spec));
  }

  private FramePort right(String attach) throws Exception {
    return wire.inRight(() -> driver.open(spec("right", attach).chunks(1024).ring(512)));
  }

  private void link(String... change) throws Exception {
    String[] words = {"ip", "-n", wire.left, "link", "set", "left"};
    String[] all = java.util.Arrays.copyOf(words, words.length + change.length);
    System.arraycopy(change, 0, all, words.length, change.length);
    Wire.run(all);
  }

  private static void until(FramePort port, BooleanSupplier state) {
    long end = System.nanoTime() + PATIENCE;
    while (!state.getAsBoolean()) {
      assertTrue(System.nanoTime() < end, () -> "still not: " + port.report());
      Thread.onSpinWait();
    }
  }

  /** Hands one packet over, in as many frames as it needs, without flushing. */
  private void hand(FramePort port, int length) {
    int part = 1536;
    int frames = (length + part - 1) / part;
    until(port, () -> port.reserve(batch, frames - batch.count()) >= 0 && batch.count() == frames);
    long[] words = batch.words();
    for (int i = 0; i < frames; i++) {
      batch.length(i, Math.min(part, length - i * part));
      batch.frame(i).fill((byte) 0);
      if (i + 1 < frames) {
        words[2 * i + 1] |= (long) FrameBatch.CONTINUED << 32;
      }
    }
    port.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, batch.address(0) + 12, (byte) 0x88);
    port.memory().set(java.lang.foreign.ValueLayout.JAVA_BYTE, batch.address(0) + 13, (byte) 0xb5);
    port.send(batch);
    if (!batch.isEmpty()) {
      port.release(batch);
    }
  }

  private void send(FramePort port, int length) {
    hand(port, length);
    port.flush();
  }

  private int received(FramePort port, int packets) {
    FrameBatch in = new FrameBatch(64);
    int bytes = 0;
    long end = System.nanoTime() + PATIENCE;
    while (packets > 0) {
      assertTrue(System.nanoTime() < end, () -> "did not come: " + port.report());
      port.await(10_000_000);
      port.receive(in);
      for (int i = 0; i < in.count(); i++) {
        bytes += in.length(i);
        packets -= in.continued(i) ? 0 : 1;
      }
      port.release(in);
    }
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "generic"})
  void theLongestFrameFollowsTheMtu(String attach) throws Exception {
    Wire.run("ip", "-n", wire.right, "link", "set", "right", "mtu", "3000");
    try (FramePort port = left(spec("left", attach));
        FramePort other = right(attach)) {
      send(port, 1518);
      assertEquals(1518, received(other, 1));
      send(port, 1519);
      assertEquals(1, port.statistics().sendInvalid());

      link("mtu", "3000");
      send(port, 3014);
      assertEquals(3014, received(other, 1));
      assertEquals(1, port.statistics().sendInvalid());

      link("mtu", "1400");
      until(
          port,
          () -> {
            // Whoever asks how the port is has it look at its interface; the engine does all the
            // time.
            port.report();
            send(port, 1419);
            return port.statistics().sendInvalid() > 1;
          });
      long refused = port.statistics().sendInvalid();
      send(port, 1419);
      assertEquals(refused + 1, port.statistics().sendInvalid(), "and it stays so");
      send(port, 1418);
      received(other, 1);
      assertEquals(0, port.report().census().missing());
    }
  }

  @Test
  void withoutSeveralChunksALongPacketIsRefusedAndCounted() throws Exception {
    for (String[] end : new String[][] {{wire.left, "left"}, {wire.right, "right"}}) {
      Wire.run("ip", "-n", end[0], "link", "set", end[1], "mtu", "3400");
    }
    try (FramePort port = left(spec("left", "native").option("xdp.multibuffer", "false"));
        FramePort other = right("native")) {
      send(port, 3000);
      send(port, 1000);
      assertEquals(1000, received(other, 1));
      assertEquals(1, port.statistics().sent());
      assertEquals(1, port.statistics().sendInvalid());

      // The other way round the kernel loses it, and counts.
      send(other, 3000);
      send(other, 1000);
      assertEquals(1000, received(port, 1));
      assertEquals(1, port.statistics().received());
      assertEquals(1, port.statistics().receiveDropped());
      assertEquals(0, port.report().census().missing());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "generic"})
  void whatStandsInTheRingWhenTheInterfaceGoesDownLeavesWhenItIsUp(String attach) throws Exception {
    try (FramePort port = left(spec("left", attach));
        FramePort other = right(attach)) {
      send(port, 100);
      received(other, 1);
      link("down");
      for (int i = 0; i < 200; i++) {
        send(port, 100);
      }
      PortStatistics down = port.statistics();
      assertEquals(200, down.sent() - 1 + down.sendDropped(), down::toString);
      assertTrue(down.sendDropped() > 0, down::toString);
      until(port, () -> port.report().census().missing() == 0);
      assertEquals(down.sent() - 1, port.report().census().sending());

      link("up");
      until(port, () -> port.report().state().equals("up"));
      send(port, 100);
      until(
          port,
          () -> {
            port.flush();
            return port.report().census().sending() == 0;
          });
      send(port, 100);
      PortStatistics up = port.statistics();
      assertEquals(203, up.sent() + down.sendDropped(), up::toString);
      // All that stood in the ring, and what came behind; the wire may have refused some, counted.
      received(other, (int) (up.sent() - 1 - (up.sendDropped() - down.sendDropped())));
      assertEquals(0, port.report().census().missing());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"native", "generic"})
  void whatStandsInTheRingWhenTheInterfaceGoesAwayIsDropped(String attach) throws Exception {
    FramePort port = left(spec("left", attach));
    try (port) {
      link("down");
      for (int i = 0; i < 30; i++) {
        hand(port, 100);
      }
      assertEquals(30, port.statistics().sent());
      Wire.run("ip", "-n", wire.left, "link", "del", "left");
      until(
          port,
          () -> {
            port.flush();
            return port.statistics().sendDropped() == 30;
          });
      assertEquals(0, port.report().census().sending());
      assertEquals(0, port.report().census().missing());
      for (int i = 0; i < 1000; i++) {
        send(port, 100);
      }
      assertEquals(1030, port.statistics().sendDropped() + port.report().census().sending());
      assertEquals(0, port.report().census().missing());
      assertEquals(0, port.report().census().held());
    }
    assertEquals(1030, port.statistics().sendDropped());
  }

  @Test
  void whatNeverLeftWhenThePortClosesIsDropped() throws Exception {
    FramePort port = left(spec("left", "native"));
    link("down");
    for (int i = 0; i < 30; i++) {
      send(port, 100);
    }
    assertEquals(0, port.statistics().sendDropped());
    port.close();
    assertEquals(30, port.statistics().sendDropped());
  }
}
