package com.example.pump;

import org.sluice.packet.rings.CompletionRing;
import org.sluice.packet.rings.FillRing;
import org.sluice.packet.rings.RawLane;
import org.sluice.packet.rings.RawRings;
import org.sluice.packet.rings.ReceiveRing;
import org.sluice.packet.rings.TransmitRing;

/**
 * One direction: what is received by one lane is sent by the other, from the chunk it lies in. No
 * byte is copied here.
 *
 * <p>A chunk goes round: fill ring, receive ring, transmit ring of the other lane, its completion
 * ring, and back to the fill ring. {@link Store} has those that are in no ring.
 */
final class Way {
  private static final int BATCH = 64;

  private final RawRings rings;
  private final int from;
  private final int to;
  private final Store store;
  private final Meter meter;
  private final ReceiveRing receive;
  private final FillRing fill;
  private final TransmitRing transmit;
  private final CompletionRing completion;

  /** Chunks that are not back from the transmit ring. */
  private int under;

  private final long[] frames = new long[2 * BATCH];
  private final long[] chunks = new long[BATCH];

  Way(RawRings rings, int from, int to, Store store, Meter meter) {
    this.rings = rings;
    this.from = from;
    this.to = to;
    this.store = store;
    this.meter = meter;
    RawLane in = rings.lanes().get(from);
    RawLane out = rings.lanes().get(to);
    receive = in.receive();
    fill = in.fill();
    transmit = out.transmit();
    completion = out.completion();
  }

  /** Moves a batch; whether there was anything to do. */
  boolean move() {
    reclaim();
    // No more may be under way than the completion ring has places for.
    int places = Math.min(BATCH, completion.size() - under);
    int got = receive.peek(transmit.reserve(places));
    if (got > 0) {
      receive.read(frames, got);
      // From here on the chunks are ours, until they stand in the transmit ring.
      receive.free(got);
      transmit.put(frames, got);
      transmit.publish(got);
      under += got;
      meter.add(frames, got);
    }
    refill();
    if (under > 0) {
      rings.transmit(to);
    }
    return got > 0;
  }

  /** Whether something is still to be sent, or to come back. */
  boolean busy() {
    return under > 0;
  }

  /** What was sent is ours again. */
  private void reclaim() {
    int back = completion.peek(BATCH);
    if (back > 0) {
      completion.read(chunks, back);
      completion.free(back);
      store.put(chunks, back);
      under -= back;
    }
  }

  /** Gives the kernel chunks to receive into. */
  private void refill() {
    int number = store.take(chunks, fill.reserve(BATCH));
    if (number > 0) {
      fill.put(chunks, number);
      fill.publish(number);
    }
    if (fill.needsWakeup()) {
      rings.refilled(from);
    }
  }
}
