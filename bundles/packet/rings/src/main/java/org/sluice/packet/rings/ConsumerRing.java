// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.PortReport;

/**
 * A ring from which this party takes out: the receive and the completion ring. See the package for
 * what it trusts its user with.
 */
public final class ConsumerRing {
  private final MemorySegment memory;
  private final long producerAt;
  private final long consumerAt;
  private final long flagsAt;
  private final long entries;
  private final int size;
  private int consumer;
  private int producer;

  public ConsumerRing(RingPlace place) {
    memory = place.memory();
    producerAt = place.producer();
    consumerAt = place.consumer();
    flagsAt = place.flags();
    entries = place.entries();
    size = place.size();
    consumer = Indices.plain(memory, consumerAt);
    producer = consumer;
  }

  public int size() {
    return size;
  }

  /** How many entries can be read now. Looks at the other party's index only when it must. */
  public int available(int wanted) {
    int known = producer - consumer;
    if (known >= wanted) {
      return wanted;
    }
    producer = Indices.acquire(memory, producerAt);
    return Math.min(producer - consumer, wanted);
  }

  /**
   * Reads descriptors of 16 bytes, two words each, without freeing them.
   *
   * @param number at most what {@link #available} said
   */
  public void readDescriptors(long[] into, int number) {
    int first = consumer & (size - 1);
    int untilEnd = Math.min(number, size - first);
    MemorySegment.copy(memory, JAVA_LONG, entries + 16L * first, into, 0, 2 * untilEnd);
    if (untilEnd < number) {
      MemorySegment.copy(memory, JAVA_LONG, entries, into, 2 * untilEnd, 2 * (number - untilEnd));
    }
  }

  /** Reads addresses of 8 bytes, without freeing them. */
  public void readAddresses(long[] into, int number) {
    int first = consumer & (size - 1);
    int untilEnd = Math.min(number, size - first);
    MemorySegment.copy(memory, JAVA_LONG, entries + 8L * first, into, 0, untilEnd);
    if (untilEnd < number) {
      MemorySegment.copy(memory, JAVA_LONG, entries, into, untilEnd, number - untilEnd);
    }
  }

  /** One of the words of an entry that can be read. */
  long word(int words, int which, int entry) {
    int place = (consumer + entry) & (size - 1);
    return memory.get(JAVA_LONG, entries + 8L * (words * place + which));
  }

  /** Frees the entries that were read first, for the other party to write. */
  public void free(int number) {
    consumer += number;
    Indices.release(memory, consumerAt, consumer);
  }

  /** The index of this party; wraps around. */
  public int consumer() {
    return consumer;
  }

  /** The ring as it is now. Any thread. */
  public PortReport.Ring report(String name) {
    return report(name, memory, producerAt, consumerAt, flagsAt, size);
  }

  static PortReport.Ring report(
      String name, MemorySegment memory, long producerAt, long consumerAt, long flagsAt, int size) {
    int consumer = Indices.acquire(memory, consumerAt);
    int producer = Indices.acquire(memory, producerAt);
    return new PortReport.Ring(
        name,
        size,
        Integer.toUnsignedLong(producer),
        Integer.toUnsignedLong(consumer),
        producer - consumer,
        (Indices.plain(memory, flagsAt) & Indices.NEEDS_WAKEUP) != 0);
  }
}
