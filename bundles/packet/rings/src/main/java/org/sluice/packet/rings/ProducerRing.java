// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;
import org.sluice.packet.api.PortReport;

/**
 * A ring into which this party puts: the fill and the transmit ring. See the package for what it
 * trusts its user with.
 */
public final class ProducerRing {
  private final MemorySegment memory;
  private final long producerAt;
  private final long consumerAt;
  private final long flagsAt;
  private final long entries;
  private final int size;
  private int producer;
  private int consumer;

  public ProducerRing(RingPlace place) {
    memory = place.memory();
    producerAt = place.producer();
    consumerAt = place.consumer();
    flagsAt = place.flags();
    entries = place.entries();
    size = place.size();
    producer = Indices.plain(memory, producerAt);
    consumer = producer - size;
  }

  public int size() {
    return size;
  }

  /** How many entries have room now. Looks at the other party's index only when it must. */
  public int room(int wanted) {
    int known = size - (producer - consumer);
    if (known >= wanted) {
      return wanted;
    }
    consumer = Indices.acquire(memory, consumerAt);
    return Math.min(size - (producer - consumer), wanted);
  }

  /** Writes descriptors of 16 bytes, two words each, and shows them to the other party. */
  public void putDescriptors(long[] from, int at, int number) {
    writeDescriptors(from, at, number);
    publish(number);
  }

  void writeDescriptors(long[] from, int at, int number) {
    int first = producer & (size - 1);
    int untilEnd = Math.min(number, size - first);
    MemorySegment.copy(from, 2 * at, memory, JAVA_LONG, entries + 16L * first, 2 * untilEnd);
    if (untilEnd < number) {
      MemorySegment.copy(
          from, 2 * (at + untilEnd), memory, JAVA_LONG, entries, 2 * (number - untilEnd));
    }
  }

  /** Writes addresses of 8 bytes and shows them to the other party. */
  public void putAddresses(long[] from, int number) {
    writeAddresses(from, number);
    publish(number);
  }

  void writeAddresses(long[] from, int number) {
    int first = producer & (size - 1);
    int untilEnd = Math.min(number, size - first);
    MemorySegment.copy(from, 0, memory, JAVA_LONG, entries + 8L * first, untilEnd);
    if (untilEnd < number) {
      MemorySegment.copy(from, untilEnd, memory, JAVA_LONG, entries, number - untilEnd);
    }
  }

  /** One of the words of an entry that has room, or was written and is not yet shown. */
  long word(int words, int which, int entry) {
    return memory.get(JAVA_LONG, place(words, which, entry));
  }

  void word(int words, int which, int entry, long value) {
    memory.set(JAVA_LONG, place(words, which, entry), value);
  }

  private long place(int words, int which, int entry) {
    return entries + 8L * (words * ((producer + entry) & (size - 1)) + which);
  }

  /** Shows entries that were written to the other party. */
  void publish(int number) {
    producer += number;
    Indices.release(memory, producerAt, producer);
  }

  /** Whether the other party waits to be woken. */
  public boolean needsWakeup() {
    // Else the look at the flag may come before the index is seen, and each waits for the other.
    VarHandle.fullFence();
    return (Indices.acquire(memory, flagsAt) & Indices.NEEDS_WAKEUP) != 0;
  }

  /** The index of this party; wraps around. */
  public int producer() {
    return producer;
  }

  /** The index of the other party, as it is now. */
  public int consumer() {
    consumer = Indices.acquire(memory, consumerAt);
    return consumer;
  }

  /** The ring as it is now. Any thread. */
  public PortReport.Ring report(String name) {
    return ConsumerRing.report(name, memory, producerAt, consumerAt, flagsAt, size);
  }
}
