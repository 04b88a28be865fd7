package com.example.pump;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.rings.CompletionRing;
import org.sluice.packet.rings.FillRing;
import org.sluice.packet.rings.RawRings;
import org.sluice.packet.rings.ReceiveRing;
import org.sluice.packet.rings.TransmitRing;

/**
 * One direction: what is received at one port is copied into chunks of the other one, and sent there.
 * The two ports have a memory each, so the bytes are copied once; the chunks stay where they are.
 */
final class Way {
  private static final int BATCH = 64;

  private final RawRings from;
  private final RawRings to;
  private final ReceiveRing receive;
  private final FillRing fill;
  private final TransmitRing transmit;
  private final CompletionRing completion;

  /** Chunks of the sending port that are ours. */
  private final long[] free;

  private int count;
  private final long[] came = new long[2 * BATCH];
  private final long[] goes = new long[2 * BATCH];
  private final long[] chunks = new long[BATCH];
  private final long[] sent = new long[BATCH];
  private int under;
  private volatile long packets;
  private volatile long bytes;
  private volatile long dropped;

  Way(RawRings from, RawRings to) {
    this.from = from;
    this.to = to;
    receive = from.lanes().getFirst().receive();
    fill = from.lanes().getFirst().fill();
    transmit = to.lanes().getFirst().transmit();
    completion = to.lanes().getFirst().completion();
    free = to.free();
    count = free.length;
  }

  /** Moves a batch; how many frames. */
  int move() {
    reclaim();
    int got = receive.peek(BATCH);
    if (got == 0) {
      if (under > 0) {
        to.transmit();
      }
      return 0;
    }
    receive.read(came, got);
    // The entries are free, and the chunks in them are ours, until they are filled again below.
    receive.free(got);
    int places = Math.min(transmit.reserve(got), Math.min(count, completion.size() - under));
    int out = copy(Math.min(got, places), got);
    transmit.put(goes, out);
    transmit.publish(out);
    under += out;
    refill(got);
    if (out > 0) {
      to.transmit();
    }
    return got;
  }

  /** What was sent is free again. */
  private void reclaim() {
    int back = completion.peek(BATCH);
    completion.read(sent, back);
    completion.free(back);
    for (int i = 0; i < back; i++) {
      free[count++] = sent[i] & -to.chunkSize();
    }
    under -= back;
  }

  private int copy(int number, int got) {
    MemorySegment source = from.memory();
    MemorySegment target = to.memory();
    long moved = 0;
    int out = 0;
    for (int i = 0; i < number; i++) {
      int length = (int) came[2 * i + 1];
      boolean whole = came[2 * i + 1] >>> 32 == 0;
      if (whole && length <= Math.min(to.longest(), to.chunkSize() - to.headroom())) {
        long at = free[--count] + to.headroom();
        MemorySegment.copy(source, came[2 * i], target, at, length);
        goes[2 * out] = at;
        goes[2 * out + 1] = length;
        out++;
        moved += length;
      }
    }
    packets += out;
    bytes += moved;
    dropped += got - out;
    return out;
  }

  /** The kernel has taken the same number out of this ring before, so that there is room. */
  private void refill(int number) {
    for (int i = 0; i < number; i++) {
      chunks[i] = came[2 * i];
    }
    int room = fill.reserve(number);
    fill.put(chunks, room);
    fill.publish(room);
    if (fill.needsWakeup()) {
      from.refilled(0);
    }
  }

  Pump.Row row(String of, String into) {
    return new Pump.Row(of, into, packets, bytes, dropped);
  }
}
