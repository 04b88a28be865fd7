// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Match;

/** Plays the other party: what is transmitted is received again. */
final class EchoKernel implements Exchange {
  static final int CHUNK = 2048;
  final Arena arena = Arena.ofShared();
  final MemorySegment memory;
  final RingPort port;
  private final ProducerRing receive;
  private final ConsumerRing fill;
  private final ConsumerRing transmit;
  private final ProducerRing completion;
  private final long[] words = new long[128];
  private final long[] one = new long[2];
  private final long[] chunk = new long[64];
  boolean closed;
  volatile boolean woken;

  EchoKernel(int chunks, int ring) {
    memory = arena.allocate((long) chunks * CHUNK, 64);
    RingPlace in = place(ring, 16);
    RingPlace free = place(ring, 8);
    RingPlace out = place(ring, 16);
    RingPlace done = place(ring, 8);
    Lane lane =
        new Lane(
            "queue 0",
            new ConsumerRing(in),
            new ProducerRing(free),
            new ProducerRing(out),
            new ConsumerRing(done));
    receive = new ProducerRing(in);
    fill = new ConsumerRing(free);
    transmit = new ConsumerRing(out);
    completion = new ProducerRing(done);
    port =
        new RingPort(
            new RingPort.Build(
                "fake",
                "here",
                memory,
                chunks,
                CHUNK,
                256,
                256,
                1518,
                List.of(lane),
                this,
                () -> {}));
  }

  private RingPlace place(int ring, int entry) {
    return RingPlace.in(arena.allocate(RingPlace.length(ring, entry), 64), ring);
  }

  /** Has a packet arrive in the next chunk of the fill ring. */
  boolean arrives(int length) {
    if (fill.available(1) == 0 || receive.room(1) == 0) {
      return false;
    }
    fill.readAddresses(chunk, 1);
    fill.free(1);
    one[0] = (chunk[0] & -CHUNK) + 256;
    one[1] = length;
    receive.putDescriptors(one, 0, 1);
    return true;
  }

  @Override
  public Sent transmit(int lane) {
    int number = transmit.available(64);
    transmit.readDescriptors(words, number);
    int sent = 0;
    for (; sent < number && completion.room(1) > 0 && receive.room(1) > 0; sent++) {
      if (fill.available(1) == 0) {
        break;
      }
      fill.readAddresses(chunk, 1);
      fill.free(1);
      one[0] = (chunk[0] & -CHUNK) + 256;
      one[1] = words[2 * sent + 1] & ~((long) FrameBatch.CONTINUED << 32);
      copy(memory, words[2 * sent], one[0], (int) one[1]);
      receive.putDescriptors(one, 0, 1);
      chunk[0] = words[2 * sent];
      completion.putAddresses(chunk, 1);
    }
    transmit.free(sent);
    return sent == number ? Sent.DONE : Sent.MORE;
  }

  private static void copy(MemorySegment memory, long from, long to, int length) {
    MemorySegment.copy(memory, JAVA_BYTE, from, memory, JAVA_BYTE, to, length);
  }

  @Override
  public void refilled(int lane) {}

  @Override
  public boolean await(long nanos) {
    long until = System.nanoTime() + nanos;
    while (!woken && System.nanoTime() - until < 0) {
      Thread.onSpinWait();
    }
    woken = false;
    return false;
  }

  @Override
  public void wake() {
    woken = true;
  }

  @Override
  public void match(Match match) {}

  @Override
  public Counts counts() {
    return Counts.NONE;
  }

  @Override
  public String mode() {
    return "played";
  }

  @Override
  public String state() {
    return "up";
  }

  @Override
  public Map<String, String> facts() {
    return Map.of();
  }

  @Override
  public void close() {
    closed = true;
    arena.close();
  }
}
