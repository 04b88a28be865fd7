// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys.socket;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * The datagrams that one call sends: an array of {@code struct mmsghdr} and all that it points to.
 * It is built once and filled anew for every call. One thread at a time.
 *
 * <p>A run of datagrams of one length to one receiver is handed over as one message, which the
 * kernel or the interface cuts; the last one of a run may be shorter. On the way through the
 * network stack such a run costs little more than one datagram.
 */
public final class SendArray {
  private static final long HEADER = 64;
  private static final long VECTOR = 16;
  private static final long NAME_LENGTH = 8;
  private static final long VECTORS = 16;
  private static final long VECTOR_COUNT = 24;
  private static final long CONTROL = 32;
  private static final long CONTROL_LENGTH = 40;
  private static final long SEGMENT = 24;
  private static final long ROOM = 64;
  private static final int SOL_UDP = 17;
  private static final int UDP_SEGMENT = 103;
  private static final int MOST_SEGMENTS = 64;
  private static final int LONGEST = 65_507;
  private static final long MAPPED = 0xffff_0000_0000L;

  private final MemorySegment block;
  private final MemorySegment memory;
  private final int places;
  private final int[] begin;
  private final long vectors;
  private final long names;
  private final long controls;
  private final boolean six;

  private boolean joining;
  private int datagrams;
  private int messages;
  private int next;

  private boolean runOpen;
  private int runLength;
  private int runBytes;
  private long runHigh;
  private long runLow;
  private int runPort;
  private long runLocalHigh;
  private long runLocalLow;
  private int runLink;

  /**
   * @param arena of shared memory, alive as long as the array
   * @param memory in which the payloads lie; it must live as long
   * @param six whether the socket is one of IPv6
   */
  public SendArray(Arena arena, MemorySegment memory, int places, boolean six) {
    this.memory = memory;
    this.places = places;
    this.six = six;
    begin = new int[places + 1];
    vectors = HEADER * places;
    names = vectors + VECTOR * places;
    controls = names + Wire.NAME * (long) places;
    block = arena.allocate(controls + ROOM * places, 64);
    long base = block.address();
    for (int i = 0; i < places; i++) {
      block.set(JAVA_LONG_UNALIGNED, HEADER * i, base + name(i));
      block.set(JAVA_INT_UNALIGNED, HEADER * i + NAME_LENGTH, Wire.nameLength(six));
      long segment = control(i);
      block.set(JAVA_LONG_UNALIGNED, segment, 16 + Short.BYTES);
      block.set(JAVA_INT_UNALIGNED, segment + 8, SOL_UDP);
      block.set(JAVA_INT_UNALIGNED, segment + 12, UDP_SEGMENT);
      Wire.prepare(block, name(i), segment + SEGMENT, six);
    }
  }

  /** How many datagrams have room. */
  public int places() {
    return places;
  }

  /** Forgets everything. With {@code joining} runs are joined from now on. */
  public void clear(boolean joining) {
    this.joining = joining;
    datagrams = 0;
    messages = 0;
    next = 0;
    runOpen = false;
  }

  /**
   * Adds a datagram. Whoever calls has seen to it that there is room and that the payload lies in
   * the memory.
   *
   * @param localHigh of the address it leaves from; zero, or a group, for the kernel's choice
   * @return false when it can never be sent, and was not added
   */
  public boolean add(
      long address,
      int length,
      long high,
      long low,
      int port,
      long localHigh,
      long localLow,
      int link) {
    boolean four = Wire.four(high, low);
    if (port == 0 || (high | low) == 0 || length > LONGEST || !(six || four)) {
      return false;
    }
    block.set(JAVA_LONG_UNALIGNED, vectors + VECTOR * datagrams, memory.address() + address);
    block.set(JAVA_LONG_UNALIGNED, vectors + VECTOR * datagrams + 8, length);
    if (runOpen
        && length <= runLength
        && length != 0
        && low == runLow
        && port == runPort
        && high == runHigh
        && localLow == runLocalLow
        && localHigh == runLocalHigh
        && link == runLink
        && runBytes + length <= LONGEST
        && datagrams - begin[messages - 1] < MOST_SEGMENTS) {
      extend(length);
    } else {
      begin(length, high, low, port, localHigh, localLow, link, four);
    }
    datagrams++;
    return true;
  }

  public int datagrams() {
    return datagrams;
  }

  /** Whether everything was handed over, or skipped. */
  public boolean isDone() {
    return next == messages;
  }

  /** How many datagrams were handed over, or skipped. */
  public int done() {
    return next == messages ? datagrams : begin[next];
  }

  /** How many datagrams the next message has. */
  public int run() {
    return (next + 1 == messages ? datagrams : begin[next + 1]) - begin[next];
  }

  /** Leaves the next message out. */
  public void skip() {
    next++;
  }

  /** How many bytes of payload these datagrams have together. */
  public long bytes(int from, int to) {
    long sum = 0;
    for (int i = from; i < to; i++) {
      sum += block.get(JAVA_LONG_UNALIGNED, vectors + VECTOR * i + 8);
    }
    return sum;
  }

  long address() {
    return block.address() + HEADER * next;
  }

  int left() {
    return messages - next;
  }

  void handedOver(int messages) {
    next += messages;
  }

  private void begin(
      int length,
      long high,
      long low,
      int port,
      long localHigh,
      long localLow,
      int link,
      boolean four) {
    int at = messages++;
    long header = HEADER * at;
    begin[at] = datagrams;
    block.set(
        JAVA_LONG_UNALIGNED, header + VECTORS, block.address() + vectors + VECTOR * datagrams);
    block.set(JAVA_LONG_UNALIGNED, header + VECTOR_COUNT, 1);
    Wire.to(block, name(at), six, high, low, port, link);
    boolean chosen = (localHigh | localLow) != 0 && !Wire.multicast(localHigh, localLow);
    if (chosen || link != 0) {
      long fromHigh = chosen ? localHigh : 0;
      long fromLow = chosen ? localLow : four ? MAPPED : 0;
      Wire.from(block, control(at) + SEGMENT, six, fromHigh, fromLow, link);
      control(header, control(at) + SEGMENT, Wire.controlLength(six));
    } else {
      control(header, 0, 0);
    }
    runOpen = joining && length != 0;
    runLength = length;
    runBytes = length;
    runHigh = high;
    runLow = low;
    runPort = port;
    runLocalHigh = localHigh;
    runLocalLow = localLow;
    runLink = link;
  }

  private void extend(int length) {
    int at = messages - 1;
    long header = HEADER * at;
    int before = datagrams - begin[at];
    block.set(JAVA_LONG_UNALIGNED, header + VECTOR_COUNT, before + 1);
    if (before == 1) {
      block.set(JAVA_SHORT_UNALIGNED, control(at) + 16, (short) runLength);
      long pinned = block.get(JAVA_LONG_UNALIGNED, header + CONTROL_LENGTH);
      control(header, control(at), SEGMENT + pinned);
    }
    runBytes += length;
    runOpen = length == runLength;
  }

  private void control(long header, long control, long length) {
    block.set(JAVA_LONG_UNALIGNED, header + CONTROL, length == 0 ? 0 : block.address() + control);
    block.set(JAVA_LONG_UNALIGNED, header + CONTROL_LENGTH, length);
  }

  private long name(int place) {
    return names + Wire.NAME * (long) place;
  }

  private long control(int place) {
    return controls + ROOM * (long) place;
  }
}
