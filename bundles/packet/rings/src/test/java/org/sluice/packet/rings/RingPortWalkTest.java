// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;

/** A million things done at random, by both parties; where every chunk is, is written down. */
final class RingPortWalkTest {
  private enum Place {
    /** Free, in the fill ring, or in the completion ring. */
    PORT,
    /** Filled, not yet received. */
    RECEIVE,
    HELD,
    TRANSMIT
  }

  private static final int CHUNKS = 128;

  private final Place[] places = new Place[CHUNKS];
  private final FakeKernel kernel = new FakeKernel(CHUNKS, 32, 2);
  private final List<FrameBatch> held = new ArrayList<>();
  private final FrameBatch batch = new FrameBatch(20);
  private SplittableRandom random = new SplittableRandom();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void everyChunkIsInOnePlace(long seed) {
    random = new SplittableRandom(seed);
    java.util.Arrays.fill(places, Place.PORT);
    kernel.perCall = 0;
    try (RingPort port = kernel.port()) {
      for (int step = 0; step < 500_000; step++) {
        step(port);
        if (step % 64 == 0) {
          check(port.report().census());
        }
      }
      held.forEach(one -> give(port, one));
      check(port.report().census());
      assertEquals(0, port.report().census().held());
    }
  }

  private void step(RingPort port) {
    switch (random.nextInt(8)) {
      case 0, 1 -> arrive(random.nextInt(2), 1 + random.nextInt(random.nextInt(10) == 0 ? 30 : 5));
      case 2 -> receive(port);
      case 3 -> reserve(port);
      case 4 -> send(port);
      case 5 -> complete(random.nextInt(12));
      case 6 -> {
        if (!held.isEmpty()) {
          give(port, held.remove(random.nextInt(held.size())));
        }
      }
      default -> {
        kernel.usual = random.nextInt(50) == 0 ? Exchange.Sent.DOWN : Exchange.Sent.DONE;
        port.flush();
      }
    }
  }

  private void arrive(int lane, int frames) {
    int[] lengths = new int[frames];
    java.util.Arrays.setAll(lengths, i -> 1 + random.nextInt(1792));
    if (kernel.fills.get(lane).available(frames) < frames
        || kernel.receives.get(lane).room(frames) < frames) {
      return;
    }
    long[] next = new long[frames];
    kernel.fills.get(lane).readAddresses(next, frames);
    for (long chunk : next) {
      move(chunk, Place.PORT, Place.RECEIVE);
    }
    kernel.deliver(lane, lengths);
  }

  private void receive(RingPort port) {
    List<Long> before = new ArrayList<>();
    int invalid = (int) port.statistics().receiveInvalid();
    int got = port.receive(batch);
    for (int i = 0; i < got; i++) {
      before.add(batch.address(i));
      move(batch.address(i), Place.RECEIVE, Place.HELD);
    }
    assertEquals(got, before.stream().distinct().count());
    // A part of a packet that no batch holds may have gone back to the port.
    discarded(port, invalid);
    if (got > 0) {
      keep();
    }
  }

  private void discarded(RingPort port, int before) {
    FrameCensus census = port.report().census();
    long here = java.util.Arrays.stream(places).filter(Place.RECEIVE::equals).count();
    if (census.received() != here) {
      assertEquals(true, port.statistics().receiveInvalid() >= before);
      rebuild();
    }
  }

  /** Reads from the rings which chunks are still to be received. */
  private void rebuild() {
    for (int i = 0; i < CHUNKS; i++) {
      if (places[i] == Place.RECEIVE) {
        places[i] = Place.PORT;
      }
    }
    for (Lane lane : kernel.lanes) {
      ConsumerRing ring = java.util.Objects.requireNonNull(lane.receive());
      int found = ring.available(64);
      long[] words = new long[2 * found];
      ring.readDescriptors(words, found);
      for (int i = 0; i < found; i++) {
        move(words[2 * i], Place.PORT, Place.RECEIVE);
      }
    }
  }

  private void reserve(RingPort port) {
    int got = port.reserve(batch, random.nextInt(20));
    for (int i = 0; i < got; i++) {
      move(batch.address(i), Place.PORT, Place.HELD);
      batch.length(i, random.nextInt(100) == 0 ? 0 : 1 + random.nextInt(1792));
    }
    if (got > 0) {
      keep();
    }
  }

  private void send(RingPort port) {
    if (held.isEmpty()) {
      return;
    }
    FrameBatch sent = held.remove(random.nextInt(held.size()));
    for (int i = 0; i < sent.count(); i++) {
      if (random.nextInt(4) == 0) {
        sent.adjustHead(i, random.nextInt(300) - 200);
      }
      if (random.nextInt(6) == 0) {
        sent.words()[2 * i + 1] ^= (long) FrameBatch.CONTINUED << 32;
      }
    }
    int before = sent.count();
    long[] words = sent.words().clone();
    int inRing = kernel.transmit.available(64);
    int taken = port.send(sent);
    assertEquals(before, taken + sent.count());
    int now = kernel.transmit.available(64);
    long[] ring = new long[2 * now];
    kernel.transmit.readDescriptors(ring, now);
    for (int i = 0; i < taken; i++) {
      move(words[2 * i], Place.HELD, Place.PORT);
    }
    for (int i = inRing; i < now; i++) {
      move(ring[2 * i], Place.PORT, Place.TRANSMIT);
    }
    if (!sent.isEmpty()) {
      held.add(sent);
    }
  }

  private void complete(int most) {
    int found = kernel.transmit.available(most);
    long[] words = new long[2 * found];
    kernel.transmit.readDescriptors(words, found);
    for (int i = 0; i < found; i++) {
      move(words[2 * i], Place.TRANSMIT, Place.PORT);
    }
    kernel.complete(found);
    kernel.sent.clear();
  }

  private void give(RingPort port, FrameBatch given) {
    for (int i = 0; i < given.count(); i++) {
      move(given.address(i), Place.HELD, Place.PORT);
    }
    port.release(given);
  }

  private void keep() {
    FrameBatch kept = new FrameBatch(20);
    for (int i = 0; i < batch.count(); i++) {
      batch.moveTo(kept, i);
    }
    batch.compact();
    held.add(kept);
  }

  private void move(long address, Place from, Place to) {
    int chunk = (int) (address / kernel.chunkSize);
    assertEquals(from, places[chunk], () -> "chunk " + chunk + " on its way to " + to);
    places[chunk] = to;
  }

  private void check(FrameCensus census) {
    assertEquals(0, census.missing(), census::toString);
    assertEquals(count(Place.HELD), census.held(), census::toString);
    assertEquals(count(Place.RECEIVE), census.received(), census::toString);
    assertEquals(count(Place.TRANSMIT), census.sending(), census::toString);
  }

  private long count(Place place) {
    return java.util.Arrays.stream(places).filter(place::equals).count();
  }
}
