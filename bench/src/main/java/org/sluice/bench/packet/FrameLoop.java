// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.sluice.packet.api.Direction;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Pages;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.xdp.XdpDriver;
import org.sluice.sys.Processors;

/**
 * Frames by AF_XDP, as the holder of a port moves them: {@code drop|echo|send LINK [key=value...]}.
 * Its twin is {@code frames.c}.
 */
public final class FrameLoop {
  private static final long WAIT_NANOS = 10_000_000;
  private static final int GARBAGE = 1 << 16;

  private final FramePort port;
  private final Phase phase;
  private final FrameBatch batch;
  private final boolean blocks;
  private final boolean ahead;
  private final byte[] frame = Frames.outgoing();
  private long sum;

  private FrameLoop(FramePort port, Words options) {
    this.port = port;
    phase = new Phase(options);
    batch = new FrameBatch(options.number("batch", 64));
    blocks = options.number("block", 0) == 1;
    ahead = options.number("ahead", 0) == 1;
  }

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Words options = Words.of(arguments);
    Processors.pin(options.number("core", 1));
    try (FramePort port = new XdpDriver().open(spec(arguments[0], arguments[1], options))) {
      garbage(options.number("garbage", 0));
      FrameLoop loop = new FrameLoop(port, options);
      loop.run(arguments[0]);
      PortStatistics told = port.statistics();
      System.out.printf(
          "%s received=%d lost=%d sent=%d kicks=%d mode=%s pages=%s missing=%d sum=%d%n",
          loop.phase.result(),
          told.received(),
          told.receiveDropped(),
          told.sent() - told.sendDropped(),
          told.wakeups(),
          port.report().mode().replace(' ', '_'),
          port.report().facts().getOrDefault("pages", "").replace(' ', '_'),
          port.report().census().missing(),
          loop.sum & 1);
    }
  }

  private static FrameSpec spec(String job, String link, Words options) {
    FrameSpec spec =
        FrameSpec.on(link)
            .matching(Match.udp(Frames.UDP_PORT))
            .chunks(options.number("chunks", 4096))
            .ring(options.number("ring", 2048))
            .pages(Pages.valueOf(options.text("pages", "auto").toUpperCase(Locale.ROOT)))
            .queues(options.number("queues", 1) == 2 ? new Integer[] {0, 1} : new Integer[] {0})
            .option("xdp.attach", options.text("attach", "native"));
    if (job.equals("send")) {
      spec = spec.only(Direction.SEND);
    }
    if (options.has("budget")) {
      spec = spec.option("xdp.budget", options.text("budget", ""));
    }
    if (options.has("busypoll")) {
      spec = spec.option("xdp.busypoll", options.text("busypoll", ""));
    }
    return spec.option("xdp.wakeup", Boolean.toString(options.number("wakeup", 1) == 1));
  }

  /** The rest of a process that is alive: what it leaves behind is collected now and then. */
  private static void garbage(int megabytes) {
    if (megabytes > 0) {
      long pause = 1_000_000_000L * GARBAGE / (megabytes * 1_000_000L);
      Thread.ofPlatform()
          .daemon()
          .name("bench.packet/garbage")
          .start(
              () -> {
                byte[][] kept = new byte[64][];
                for (int i = 0; ; i++) {
                  kept[i % kept.length] = new byte[GARBAGE];
                  LockSupport.parkNanos(kept, pause);
                }
              });
    }
  }

  private void run(String job) {
    phase.begin();
    switch (job) {
      case "drop" -> {
        while (!phase.over()) {
          phase.looked(drop());
        }
      }
      case "echo" -> {
        while (!phase.over()) {
          phase.looked(echo());
        }
      }
      case "send" -> {
        while (!phase.counted()) {
          phase.looked(send());
        }
      }
      default -> throw new IllegalArgumentException("no such work: " + job);
    }
  }

  private int drop() {
    int got = port.receive(batch);
    if (got == 0) {
      rest();
      return 0;
    }
    if (ahead) {
      sum += touch(batch, 0);
    }
    sum += touch(batch, 34);
    port.release(batch);
    return got;
  }

  private int echo() {
    int got = port.receive(batch);
    if (got == 0) {
      rest();
      return 0;
    }
    if (ahead) {
      sum += touch(batch, 0);
    }
    turn(batch);
    port.send(batch);
    port.flush();
    if (!batch.isEmpty()) {
      port.release(batch);
    }
    return got;
  }

  private int send() {
    int got = port.reserve(batch, batch.capacity());
    fill(batch, frame);
    int sent = port.send(batch);
    port.flush();
    if (!batch.isEmpty()) {
      port.release(batch);
    }
    return Math.min(got, sent);
  }

  private void rest() {
    if (blocks) {
      port.await(WAIT_NANOS);
    } else {
      Thread.onSpinWait();
    }
  }

  private static long touch(FrameBatch batch, int offset) {
    MemorySegment memory = batch.memory();
    long sum = 0;
    for (int i = 0; i < batch.count(); i++) {
      sum += memory.get(JAVA_LONG_UNALIGNED, batch.address(i) + offset);
    }
    return sum;
  }

  /** Sends frames back to where they came from. No checksum changes by that. */
  private static void turn(FrameBatch batch) {
    MemorySegment memory = batch.memory();
    for (int i = 0; i < batch.count(); i++) {
      Frames.turn(memory, batch.address(i));
    }
  }

  private static void fill(FrameBatch batch, byte[] frame) {
    MemorySegment memory = batch.memory();
    for (int i = 0; i < batch.count(); i++) {
      MemorySegment.copy(frame, 0, memory, JAVA_BYTE, batch.address(i), frame.length);
      batch.length(i, frame.length);
    }
  }
}
