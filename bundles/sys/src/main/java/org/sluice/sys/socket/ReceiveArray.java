// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Objects;

/**
 * The places into which one call receives many datagrams: an array of {@code struct mmsghdr} and
 * all that it points to. It is built once; per datagram only what the kernel changed is written
 * anew. One thread at a time.
 *
 * <p>A place that is armed knows a chunk of memory. Those from {@link #first} to {@link #end} are.
 */
public final class ReceiveArray {
  private static final long HEADER = 64;
  private static final long VECTOR = 16;
  private static final long NAME_LENGTH = 8;
  private static final long CONTROL_LENGTH = 40;
  private static final long FLAGS = 48;
  private static final long LENGTH = 56;
  private static final int MSG_TRUNC = 0x20;

  private final MemorySegment block;
  private final MemorySegment memory;
  private final long[] chunks;
  private final long vectors;
  private final long names;
  private final long controls;
  private final boolean six;
  private final int chunkSize;
  private int first;
  private int end;

  /**
   * @param arena of shared memory, alive as long as the array
   * @param memory in which the chunks lie; it must live as long
   * @param six whether the socket is one of IPv6
   */
  public ReceiveArray(Arena arena, MemorySegment memory, int chunkSize, int places, boolean six) {
    this.memory = memory;
    this.chunkSize = chunkSize;
    this.six = six;
    chunks = new long[places];
    vectors = HEADER * places;
    names = vectors + VECTOR * places;
    controls = names + Wire.NAME * (long) places;
    block = arena.allocate(controls + Wire.CONTROL * (long) places, 64);
    long base = block.address();
    for (int i = 0; i < places; i++) {
      block.set(JAVA_LONG_UNALIGNED, HEADER * i, base + name(i));
      block.set(JAVA_LONG_UNALIGNED, HEADER * i + 16, base + vectors + VECTOR * i);
      block.set(JAVA_LONG_UNALIGNED, HEADER * i + 24, 1);
      block.set(JAVA_LONG_UNALIGNED, HEADER * i + 32, base + control(i));
      block.set(JAVA_LONG_UNALIGNED, vectors + VECTOR * i + 8, chunkSize);
    }
  }

  /** How many datagrams one call can bring. */
  public int places() {
    return chunks.length;
  }

  /** The first place that is armed. */
  public int first() {
    return first;
  }

  /** The place after the last one that is armed. */
  public int end() {
    return end;
  }

  public int armed() {
    return end - first;
  }

  /** How many places before {@link #first}, or in all when none is armed, want a chunk. */
  public int wanted() {
    return first == end ? chunks.length : first;
  }

  /**
   * Arms places with chunks; the datagrams that come first go into the last ones of the list.
   *
   * @param from the addresses of whole chunks in the memory
   * @param count at most {@link #wanted}
   */
  public void arm(long[] from, int count) {
    Objects.checkFromIndexSize(0, count, wanted());
    if (first == end) {
      first = count;
      end = count;
    }
    long base = memory.address();
    for (int i = 0; i < count; i++) {
      int place = --first;
      long chunk = Objects.checkIndex(from[i], memory.byteSize() - chunkSize + 1);
      chunks[place] = chunk;
      block.set(JAVA_LONG_UNALIGNED, vectors + VECTOR * place, base + chunk);
      block.set(JAVA_INT_UNALIGNED, HEADER * place + NAME_LENGTH, Wire.NAME);
      block.set(JAVA_LONG_UNALIGNED, HEADER * place + CONTROL_LENGTH, Wire.CONTROL);
    }
  }

  /** Notes that the first armed places have been used and their chunks have a new owner. */
  public void used(int count) {
    first += Objects.checkIndex(count, armed() + 1);
  }

  /** Where the payload begins in the memory: the chunk with which the place was armed. */
  public long chunk(int place) {
    return chunks[place];
  }

  /** Of the payload, as far as it fitted. */
  public int length(int place) {
    return block.get(JAVA_INT_UNALIGNED, HEADER * place + LENGTH);
  }

  /** Whether the payload was longer than a chunk. */
  public boolean truncated(int place) {
    return (block.get(JAVA_INT_UNALIGNED, HEADER * place + FLAGS) & MSG_TRUNC) != 0;
  }

  public long remoteHigh(int place) {
    return Wire.high(block, name(place), six);
  }

  public long remoteLow(int place) {
    return Wire.low(block, name(place), six);
  }

  public int remotePort(int place) {
    return Wire.port(block, name(place));
  }

  /** Whether the kernel told where the datagram came to. */
  public boolean located(int place) {
    long length = block.get(JAVA_LONG_UNALIGNED, HEADER * place + CONTROL_LENGTH);
    return Wire.located(block, control(place), length, six);
  }

  public long localHigh(int place) {
    return Wire.localHigh(block, control(place), six);
  }

  public long localLow(int place) {
    return Wire.localLow(block, control(place), six);
  }

  public int link(int place) {
    return Wire.link(block, control(place), six);
  }

  long address(int place) {
    return block.address() + HEADER * place;
  }

  private long name(int place) {
    return names + Wire.NAME * (long) place;
  }

  private long control(int place) {
    return controls + Wire.CONTROL * (long) place;
  }
}
