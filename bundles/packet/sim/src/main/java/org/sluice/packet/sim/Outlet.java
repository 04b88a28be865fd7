// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.rings.ConsumerRing;
import org.sluice.packet.rings.Exchange;
import org.sluice.packet.rings.ProducerRing;
import org.sluice.packet.rings.RingPlace;

/**
 * The kernel's part in sending for one port: takes packets from the transmit ring to the cable,
 * gives their chunks back by the completion ring. Guarded by the network.
 */
final class Outlet {
  /** The longest packet: the greatest MTU, with header and tag. */
  private static final int LONGEST = 65_535 + 18;

  private final End end;
  private final MemorySegment memory;
  private final Impairment impairment;
  private final ConsumerRing transmit;
  private final ProducerRing completion;
  private final MemorySegment whole = MemorySegment.ofArray(new byte[LONGEST]);
  private final PriorityQueue<Late> late =
      new PriorityQueue<>(Comparator.comparingLong(Late::due).thenComparingLong(Late::number));
  private final int budget;
  private final long[] words;
  private final long[] chunks;
  private long number;
  private long lost;
  private long duplicated;
  private long invalid;

  /** A packet that arrives later. */
  private record Late(long due, long number, MemorySegment bytes, boolean twice) {}

  Outlet(
      End end, MemorySegment memory, SimOptions options, RingPlace transmit, RingPlace completion) {
    this.end = end;
    this.memory = memory;
    impairment = options.impairment();
    this.transmit = new ConsumerRing(transmit);
    this.completion = new ProducerRing(completion);
    budget = Math.max(options.budget(), Inlet.MOST);
    words = new long[2 * budget];
    chunks = new long[budget];
  }

  /** Sends as much as one call may. */
  Exchange.Sent send() {
    if (end.gone()) {
      return Exchange.Sent.DOWN;
    }
    boolean plugged = end.cable().plugged();
    int found = transmit.available(budget);
    if (found == 0) {
      return Exchange.Sent.DONE;
    }
    transmit.readDescriptors(words, found);
    int taken = 0;
    while (taken < found) {
      int frames = frames(taken, found);
      if (frames == 0 || completion.room(taken + frames) < taken + frames) {
        break;
      }
      if (plugged) {
        packet(taken, frames);
      }
      taken += frames;
      if (!plugged) {
        break;
      }
    }
    for (int i = 0; i < taken; i++) {
      chunks[i] = words[2 * i];
    }
    transmit.free(taken);
    completion.putAddresses(chunks, taken);
    end.cable().announce(end);
    if (!plugged && taken > 0) {
      return Exchange.Sent.LOST;
    }
    return transmit.available(1) > 0 ? Exchange.Sent.MORE : Exchange.Sent.DONE;
  }

  /** Of the packet that begins here; 0 when its end is not there. */
  private int frames(int from, int found) {
    for (int i = from; i < found; i++) {
      if ((words[2 * i + 1] >>> 32 & FrameBatch.CONTINUED) == 0) {
        return i + 1 - from;
      }
    }
    return 0;
  }

  private void packet(int from, int frames) {
    int first = (int) words[2 * from + 1];
    if (frames == 1) {
      packet(memory, words[2 * from], first);
      return;
    }
    int length = 0;
    for (int i = from; i < from + frames; i++) {
      int part = (int) words[2 * i + 1];
      if (length + part > LONGEST) {
        invalid++;
        return;
      }
      MemorySegment.copy(memory, words[2 * i], whole, length, part);
      length += part;
    }
    packet(whole, 0, length);
  }

  private void packet(MemorySegment from, long at, int length) {
    end.sent(from, at, length);
    long now = number++;
    if (impairment.loses(now)) {
      lost++;
    } else {
      long due = impairment.due(now);
      boolean twice = impairment.duplicates(now);
      if (twice) {
        duplicated++;
      }
      if (due == now && late.isEmpty()) {
        arrive(from, at, length, twice);
      } else {
        MemorySegment bytes =
            MemorySegment.ofArray(from.asSlice(at, length).toArray(ValueLayout.JAVA_BYTE));
        late.add(new Late(due, now, bytes, twice));
      }
    }
    arrive(now);
  }

  private void arrive(long now) {
    for (Late next = late.peek(); next != null && next.due <= now; next = late.peek()) {
      late.remove();
      arrive(next.bytes, 0, (int) next.bytes.byteSize(), next.twice);
    }
  }

  private void arrive(MemorySegment from, long at, int length, boolean twice) {
    end.cable().carry(end, from, at, length);
    if (twice) {
      end.cable().carry(end, from, at, length);
    }
  }

  /** Lets everything arrive that is still on its way. */
  void settle() {
    if (!late.isEmpty()) {
      arrive(Long.MAX_VALUE);
      end.cable().announce(end);
    }
  }

  long lost() {
    return lost;
  }

  long duplicated() {
    return duplicated;
  }

  long invalid() {
    return invalid;
  }
}
