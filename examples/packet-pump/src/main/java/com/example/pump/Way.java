package com.example.pump;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.rings.CompletionRing;
import org.sluice.packet.rings.Exchange;
import org.sluice.packet.rings.FillRing;
import org.sluice.packet.rings.RawRings;
import org.sluice.packet.rings.ReceiveRing;
import org.sluice.packet.rings.TransmitRing;

/**
 * One direction, and one thread's: what is received at one port is copied into chunks of the other
 * one, and sent there. The two ports have a memory each, so the bytes are copied once.
 *
 * <p>Chunks go round on either side: fill ring, receive ring, and back; our store, transmit ring,
 * completion ring, and back.
 */
final class Way {
  private static final int BATCH = 64;
  private static final int LANE = 0;
  private static final long SLEEP_NANOS = 1_000_000_000;
  private static final long AGAIN_NANOS = 1_000_000;

  private final RawRings from;
  private final RawRings to;
  private final Meter meter;
  private final ReceiveRing receive;
  private final FillRing fill;
  private final TransmitRing transmit;
  private final CompletionRing completion;

  /** Chunks of the sending port that are ours: the first so many. */
  private final long[] store;

  private int stored;

  /** Chunks that are not back from the transmit ring. */
  private int under;

  private final long[] came = new long[2 * BATCH];
  private final long[] goes = new long[2 * BATCH];
  private final long[] chunks = new long[BATCH];
  private boolean within;
  private volatile boolean stopped;

  Way(RawRings from, RawRings to, Meter meter) {
    this.from = from;
    this.to = to;
    this.meter = meter;
    receive = from.lanes().get(LANE).receive();
    fill = from.lanes().get(LANE).fill();
    transmit = to.lanes().get(LANE).transmit();
    completion = to.lanes().get(LANE).completion();
    store = to.free();
    stored = store.length;
  }

  /**
   * Until it is stopped, or the interface is gone.
   *
   * @throws IllegalStateException when the rings are closed, or refuse a wrong move
   */
  void run() {
    while (!stopped) {
      if (move() == 0
          && !from.await(under > 0 && more() ? AGAIN_NANOS : SLEEP_NANOS)
          && from.report().state().equals("gone")) {
        return;
      }
    }
  }

  /** Any thread. */
  void stop() {
    stopped = true;
    from.wake();
  }

  /** Moves a batch; how many frames it had. */
  private int move() {
    reclaim();
    int got = receive.peek(BATCH);
    if (got > 0) {
      receive.read(came, got);
      // From here on the chunks are ours, until they stand in the fill ring again.
      receive.free(got);
      // No more may be under way than the completion ring has places for.
      int places = Math.min(transmit.reserve(got), completion.size() - under);
      int out = copy(got, Math.min(places, stored));
      transmit.put(goes, out);
      transmit.publish(out);
      under += out;
      refill(got);
      more();
    }
    return got;
  }

  /** Has the kernel send; whether it has to be asked again. */
  private boolean more() {
    return to.transmit() == Exchange.Sent.MORE;
  }

  /** What was sent is ours again. */
  private void reclaim() {
    int back = completion.peek(BATCH);
    if (back > 0) {
      completion.read(chunks, back);
      completion.free(back);
      for (int i = 0; i < back; i++) {
        store[stored++] = chunks[i] & -to.chunkSize();
      }
      under -= back;
    }
  }

  /** Copies frames while there are places; how many. */
  private int copy(int got, int places) {
    MemorySegment source = from.memory();
    MemorySegment target = to.memory();
    int most = Math.min(to.longest(), to.chunkSize() - to.headroom());
    long bytes = 0;
    int out = 0;
    for (int i = 0; i < got; i++) {
      int length = (int) came[2 * i + 1];
      boolean goesOn = came[2 * i + 1] >>> 32 != 0;
      boolean whole = !within && !goesOn;
      within = goesOn;
      if (whole && length <= most && out < places) {
        long at = store[--stored] + to.headroom();
        MemorySegment.copy(source, came[2 * i], target, at, length);
        goes[2 * out] = at;
        goes[2 * out + 1] = length;
        out++;
        bytes += length;
      }
    }
    meter.add(out, bytes, got - out);
    return out;
  }

  /** There is room: the kernel took as many out of this ring when it received into them. */
  private void refill(int number) {
    for (int i = 0; i < number; i++) {
      chunks[i] = came[2 * i];
    }
    int room = fill.reserve(number);
    fill.put(chunks, room);
    fill.publish(room);
    if (fill.needsWakeup()) {
      from.refilled(LANE);
    }
  }
}
