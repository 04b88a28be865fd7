// SPDX-License-Identifier: Apache-2.0
package org.sluice.bench.packet;

import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.util.Locale;
import java.util.function.IntUnaryOperator;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.rings.CompletionRing;
import org.sluice.packet.rings.FillRing;
import org.sluice.packet.rings.RawLane;
import org.sluice.packet.rings.RawRings;
import org.sluice.packet.rings.ReceiveRing;
import org.sluice.packet.rings.RingPort;
import org.sluice.packet.rings.TransmitRing;
import org.sluice.sys.Processors;

/**
 * The work on rings in memory alone: {@code port|direct|checked drop|echo [key=value...]}. This
 * program plays the kernel too, outside of what is timed. Its twin is {@code rings.c}.
 */
public final class RingLoop {
  private final int batch;
  private final long[] words;
  private final long[] chunks;
  private long sum;

  private RingLoop(int batch) {
    this.batch = batch;
    words = new long[2 * batch];
    chunks = new long[batch];
  }

  public static void main(String[] arguments) throws Exception {
    Locale.setDefault(Locale.ROOT);
    Words options = Words.of(arguments);
    Processors.pin(options.number("core", 1));
    boolean echoes = arguments[1].equals("echo");
    RingLoop loop = new RingLoop(options.number("batch", 64));
    PlayedKernel kernel = PlayedKernel.begin();
    try (RingPort port = kernel.port()) {
      if (arguments[0].equals("port")) {
        FrameBatch frames = new FrameBatch(loop.batch);
        loop.run(
            kernel, options, most -> echoes ? loop.echo(port, frames) : loop.drop(port, frames));
      } else {
        try (RawRings rings = RawRings.of(port, arguments[0].equals("checked"))) {
          RawLane lane = rings.lanes().getFirst();
          MemorySegment memory = rings.memory();
          // The chunks that are the caller's at the beginning stay unused, as they do in C.
          loop.run(
              kernel, options, most -> echoes ? loop.echo(lane, memory) : loop.drop(lane, memory));
        }
      }
    }
  }

  private void run(PlayedKernel kernel, Words options, IntUnaryOperator work) {
    long warm = System.nanoTime() + options.nanos("warm", 2);
    long until = warm + options.nanos("seconds", 1);
    long packets = 0;
    long busy = 0;
    for (long time = System.nanoTime(); time - until < 0; ) {
      int came = kernel.arrive();
      long begin = System.nanoTime();
      int done = all(work, came);
      time = System.nanoTime();
      if (begin - warm > 0) {
        packets += done;
        busy += time - begin;
      }
      kernel.leave();
    }
    System.out.printf("result packets=%d busy=%d sum=%d%n", packets, busy, sum & 1);
  }

  private static int all(IntUnaryOperator work, int came) {
    int done = 0;
    while (done < came) {
      int got = work.applyAsInt(came - done);
      if (got == 0) {
        throw new IllegalStateException(done + " of " + came + " packets were moved");
      }
      done += got;
    }
    return done;
  }

  private int drop(RingPort port, FrameBatch frames) {
    int got = port.receive(frames);
    sum += touch(frames);
    port.release(frames);
    return got;
  }

  private int echo(RingPort port, FrameBatch frames) {
    int got = port.receive(frames);
    turn(frames);
    port.send(frames);
    port.flush();
    return got - frames.count();
  }

  private static long touch(FrameBatch frames) {
    MemorySegment memory = frames.memory();
    long sum = 0;
    for (int i = 0; i < frames.count(); i++) {
      sum += memory.get(JAVA_LONG_UNALIGNED, frames.address(i) + 34);
    }
    return sum;
  }

  private static void turn(FrameBatch frames) {
    MemorySegment memory = frames.memory();
    for (int i = 0; i < frames.count(); i++) {
      Frames.turn(memory, frames.address(i));
    }
  }

  private int drop(RawLane lane, MemorySegment memory) {
    ReceiveRing receive = lane.receive();
    int got = receive.peek(batch);
    receive.read(words, got);
    receive.free(got);
    sum += touch(memory, words, chunks, got);
    give(lane.fill(), got);
    return got;
  }

  private int echo(RawLane lane, MemorySegment memory) {
    CompletionRing completion = lane.completion();
    int back = completion.peek(batch);
    completion.read(chunks, back);
    completion.free(back);
    give(lane.fill(), back);
    ReceiveRing receive = lane.receive();
    int got = receive.peek(batch);
    receive.read(words, got);
    receive.free(got);
    turn(memory, words, got);
    TransmitRing transmit = lane.transmit();
    int room = transmit.reserve(got);
    transmit.put(words, room);
    transmit.publish(room);
    return room;
  }

  private void give(FillRing fill, int number) {
    if (fill.reserve(number) < number) {
      throw new IllegalStateException("the fill ring has no room for " + number + " chunks");
    }
    fill.put(chunks, number);
    fill.publish(number);
  }

  private static long touch(MemorySegment memory, long[] words, long[] chunks, int number) {
    long sum = 0;
    for (int i = 0; i < number; i++) {
      sum += memory.get(JAVA_LONG_UNALIGNED, words[2 * i] + 34);
      chunks[i] = words[2 * i];
    }
    return sum;
  }

  private static void turn(MemorySegment memory, long[] words, int number) {
    for (int i = 0; i < number; i++) {
      Frames.turn(memory, words[2 * i]);
    }
  }
}
