// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Match;

/** The other party of a port, which does exactly what a test says. */
final class FakeKernel implements Exchange {
  static final int HEADROOM = 256;

  final Arena arena = Arena.ofShared();
  final MemorySegment memory;
  final int chunkSize = 2048;
  final List<Lane> lanes = new ArrayList<>();
  final List<ConsumerRing> fills = new ArrayList<>();
  final List<ProducerRing> receives = new ArrayList<>();
  final List<RingPlace> fillPlaces = new ArrayList<>();
  final ConsumerRing transmit;
  final ProducerRing completion;
  final ArrayDeque<Sent> answers = new ArrayDeque<>();
  final List<Integer> refilled = new ArrayList<>();
  final List<long[]> sent = new ArrayList<>();
  Sent usual = Sent.DONE;
  int perCall = Integer.MAX_VALUE;
  int calls;
  int wakes;
  int closes;

  /** One lane that sends too, and others that only receive. */
  FakeKernel(int chunks, int ring, int lanes) {
    memory = arena.allocate((long) chunks * chunkSize, 4096);
    RingPlace out = ring(ring, 16);
    RingPlace done = ring(ring, 8);
    transmit = new ConsumerRing(out);
    completion = new ProducerRing(done);
    for (int i = 0; i < lanes; i++) {
      RingPlace in = ring(ring, 16);
      RingPlace free = ring(ring, 8);
      fills.add(new ConsumerRing(free));
      fillPlaces.add(free);
      receives.add(new ProducerRing(in));
      this.lanes.add(
          new Lane(
              "queue " + i,
              new ConsumerRing(in),
              new ProducerRing(free),
              i == 0 ? new ProducerRing(out) : null,
              i == 0 ? new ConsumerRing(done) : null));
    }
  }

  /** With indices that are about to wrap around. */
  private RingPlace ring(int size, int entry) {
    MemorySegment ring = arena.allocate(RingPlace.length(size, entry), 64);
    RingPlace place = RingPlace.in(ring, size);
    Indices.release(ring, place.producer(), -5);
    Indices.release(ring, place.consumer(), -5);
    return place;
  }

  RingPort port() {
    return new RingPort(
        new RingPort.Build(
            "fake",
            "test",
            memory,
            (int) (memory.byteSize() / chunkSize),
            chunkSize,
            HEADROOM,
            HEADROOM,
            9018,
            lanes,
            this,
            () -> closes++));
  }

  /** Takes chunks from the fill ring; fewer when there are fewer. */
  long[] chunks(int lane, int number) {
    ConsumerRing fill = fills.get(lane);
    int found = fill.available(number);
    long[] chunks = new long[found];
    fill.readAddresses(chunks, found);
    fill.free(found);
    return chunks;
  }

  /** Delivers one packet of several frames, of the lengths given. */
  boolean deliver(int lane, int... lengths) {
    if (fills.get(lane).available(lengths.length) < lengths.length
        || receives.get(lane).room(lengths.length) < lengths.length) {
      return false;
    }
    long[] chunks = chunks(lane, lengths.length);
    long[] words = new long[2 * lengths.length];
    for (int i = 0; i < lengths.length; i++) {
      words[2 * i] = chunks[i] + HEADROOM;
      words[2 * i + 1] =
          lengths[i] | (i + 1 < lengths.length ? (long) FrameBatch.CONTINUED << 32 : 0);
    }
    receives.get(lane).putDescriptors(words, 0, lengths.length);
    return true;
  }

  /** Takes frames from the transmit ring and completes them. */
  int complete(int most) {
    int found = transmit.available(most);
    long[] words = new long[2 * found];
    transmit.readDescriptors(words, found);
    transmit.free(found);
    long[] chunks = new long[found];
    for (int i = 0; i < found; i++) {
      sent.add(new long[] {words[2 * i], words[2 * i + 1]});
      chunks[i] = words[2 * i];
    }
    if (completion.room(found) < found) {
      throw new AssertionError("the completion ring has no room for what was in the transmit ring");
    }
    completion.putAddresses(chunks, found);
    return found;
  }

  @Override
  public Sent transmit(int lane) {
    calls++;
    Sent answer = answers.isEmpty() ? usual : answers.removeFirst();
    switch (answer) {
      case DONE, MORE -> complete(perCall);
      case LOST -> complete(1);
      case DOWN, GONE -> {}
    }
    return answer;
  }

  @Override
  public void refilled(int lane) {
    refilled.add(lane);
  }

  @Override
  public boolean await(long nanos) {
    return false;
  }

  @Override
  public void wake() {
    wakes++;
  }

  @Override
  public void match(Match match) {}

  @Override
  public Counts counts() {
    return Counts.NONE;
  }

  @Override
  public String mode() {
    return "fake";
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
    closes++;
    arena.close();
  }
}
