// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicInteger;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Port;

/**
 * The packets of one memory, and a ring by which those that were released go back.
 *
 * <p>Any thread puts into the ring, one at a time takes out. It has a place for every chunk, and a
 * chunk is in it at most once, so that whoever puts in always finds his place free.
 */
final class Stock {
  private static final VarHandle TAIL;
  private static final VarHandle PLACE = MethodHandles.arrayElementVarHandle(int[].class);

  static {
    try {
      TAIL = MethodHandles.lookup().findVarHandle(Stock.class, "tail", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Object home;
  final MemorySegment memory;
  final int chunkSize;
  private final int shift;
  private final OwnedPacket[] packets;
  private final Runnable feed;

  /** Chunks that the port has handed out and not got back, with those in the ring. */
  private final AtomicInteger out = new AtomicInteger();

  /** Each one chunk, counted from 1; 0 where there is none. */
  private final int[] places;

  /** Written by who takes out. */
  private volatile int head;

  @SuppressWarnings("UnusedVariable") // by TAIL
  private volatile int tail;

  private volatile boolean hungry;

  /**
   * @param home to which packets can be sent
   * @param feed called by who releases, once after {@link #hungry}
   */
  Stock(Object home, MemorySegment memory, int chunkSize, Runnable feed) {
    this.home = home;
    this.memory = memory;
    this.chunkSize = chunkSize;
    this.feed = feed;
    shift = Integer.numberOfTrailingZeros(chunkSize);
    packets = new OwnedPacket[(int) (memory.byteSize() >>> shift)];
    for (int i = 0; i < packets.length; i++) {
      packets[i] = new OwnedPacket(this, i);
    }
    places = new int[Integer.highestOneBit(Math.max(1, packets.length * 2 - 1))];
  }

  OwnedPacket at(long address) {
    return packets[(int) (address >>> shift)];
  }

  /** Memory that the kernel put in the place of another one is equal to it, but not the same. */
  boolean in(MemorySegment other) {
    return Port.sameMemory(memory, other);
  }

  /** Whether the memory can still be used. */
  boolean alive() {
    return memory.scope().isAlive();
  }

  void handedOut(int number) {
    out.addAndGet(number);
  }

  int out() {
    return out.get();
  }

  /** Whether the port may want for chunks. */
  boolean scarce() {
    return out.get() > packets.length / 4;
  }

  void giveBack(int chunk) {
    int place = (int) TAIL.getAndAdd(this, 1) & (places.length - 1);
    // Not only a release: whether somebody is hungry must be read after it.
    PLACE.setVolatile(places, place, chunk + 1);
    if (hungry) {
      hungry = false;
      feed.run();
    }
  }

  /** Says that whoever releases from now on calls; who did just before, did not. */
  void hungry(boolean is) {
    hungry = is;
  }

  /** Whether something may be in the ring; any thread. */
  boolean returned() {
    return (int) PLACE.getVolatile(places, head & (places.length - 1)) != 0;
  }

  /** Takes out what was given back, as frames of a batch that is empty; one thread at a time. */
  int take(FrameBatch into) {
    into.bind(memory, chunkSize);
    int from = head;
    int taken = take(places, from, into, shift);
    head = from + taken;
    out.addAndGet(-taken);
    return taken;
  }

  private static int take(int[] places, int head, FrameBatch into, int shift) {
    int most = into.capacity();
    for (int i = 0; i < most; i++) {
      int place = (head + i) & (places.length - 1);
      int chunk = (int) PLACE.getAcquire(places, place);
      if (chunk == 0) {
        return i;
      }
      PLACE.setOpaque(places, place, 0);
      into.add((long) (chunk - 1) << shift, 0, 0);
    }
    return most;
  }
}
