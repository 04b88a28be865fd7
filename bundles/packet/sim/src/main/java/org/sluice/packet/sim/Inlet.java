// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.rings.ConsumerRing;
import org.sluice.packet.rings.ProducerRing;
import org.sluice.packet.rings.RingPlace;

/**
 * The kernel's part in receiving for one queue: takes chunks from the fill ring, puts packets into
 * the receive ring. Guarded by the network, except where said.
 */
final class Inlet {
  /** The most chunks that one packet lies in, as in the kernel. */
  static final int MOST = 18;

  private static final int NEEDS_WAKEUP = 1;
  private static final VarHandle INT = JAVA_INT.varHandle();

  private final MemorySegment memory;
  private final int chunkSize;
  private final int headroom;
  private final int longest;
  private final int most;
  private final boolean wakeup;
  private final RingPlace fillPlace;
  private final RingPlace receivePlace;
  private final ConsumerRing fill;
  private final ProducerRing receive;
  private final long[] chunks = new long[MOST];
  private final long[] descriptors = new long[2 * MOST];
  private boolean asleep;
  private long fillEmpty;
  private long ringFull;
  private long tooLong;

  Inlet(
      MemorySegment memory,
      int chunkSize,
      int headroom,
      int longest,
      SimOptions options,
      RingPlace fillPlace,
      RingPlace receivePlace) {
    this.memory = memory;
    this.chunkSize = chunkSize;
    this.headroom = headroom;
    this.longest = longest;
    most = options.multiBuffer() ? MOST : 1;
    wakeup = options.wakeup();
    this.fillPlace = fillPlace;
    this.receivePlace = receivePlace;
    fill = new ConsumerRing(fillPlace);
    receive = new ProducerRing(receivePlace);
  }

  /** Copies one packet into the chunks of the port, or counts why not. */
  boolean offer(MemorySegment from, long at, int length) {
    int room = chunkSize - headroom;
    int needed = (length + room - 1) / room;
    if (length > longest || needed > most) {
      tooLong++;
      return false;
    }
    if (asleep || fill.available(needed) < needed) {
      fillEmpty++;
      sleep();
      return false;
    }
    if (receive.room(needed) < needed) {
      ringFull++;
      return false;
    }
    fill.readAddresses(chunks, needed);
    fill.free(needed);
    for (int i = 0; i < needed; i++) {
      long done = (long) i * room;
      int part = (int) Math.min(room, length - done);
      long to = (chunks[i] & -chunkSize) + headroom;
      MemorySegment.copy(from, at + done, memory, to, part);
      descriptors[2 * i] = to;
      descriptors[2 * i + 1] = part | (i + 1 < needed ? (long) FrameBatch.CONTINUED << 32 : 0);
    }
    receive.putDescriptors(descriptors, 0, needed);
    return true;
  }

  private void sleep() {
    if (wakeup && !asleep) {
      asleep = true;
      flag(NEEDS_WAKEUP);
    }
  }

  /** There are chunks again. */
  void refilled() {
    if (asleep) {
      asleep = false;
      flag(0);
    }
  }

  private void flag(int value) {
    INT.setRelease(fillPlace.memory(), fillPlace.flags(), value);
  }

  /** Whether something can be received. Any thread, while the memory is there. */
  boolean filled() {
    MemorySegment ring = receivePlace.memory();
    return (int) INT.getAcquire(ring, receivePlace.consumer())
        != (int) INT.getAcquire(ring, receivePlace.producer());
  }

  long dropped() {
    return fillEmpty + ringFull;
  }

  long fillEmpty() {
    return fillEmpty;
  }

  long ringFull() {
    return ringFull;
  }

  long tooLong() {
    return tooLong;
  }
}
