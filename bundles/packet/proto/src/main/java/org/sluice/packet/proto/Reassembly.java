// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Puts fragments together, a few packets at a time, each for a short time. A packet whose fragments
 * overlap is given up (RFC 5722), but one and the same fragment may come twice. Not safe for
 * several threads at once.
 */
final class Reassembly {
  /** More fragments are needed. */
  static final int WAITING = 0;

  /** The fragment is of no use, and what it belongs to is given up. */
  static final int REFUSED = -1;

  private static final int UNIT = 8;
  private static final int UNKNOWN = -1;

  private final Packet[] packets;
  private final long patience;
  private final int size;
  private long abandoned;
  private Packet complete;

  private static final class Packet {
    final MemorySegment bytes;
    final long[] units;
    long sourceHigh;
    long sourceLow;
    long destinationHigh;
    long destinationLow;
    int identification;
    long since;
    int total;
    int end;
    int there;
    boolean used;
    boolean refused;

    Packet(int size) {
      bytes = MemorySegment.ofArray(new byte[size]);
      units = new long[(size / UNIT + 63) / 64];
    }
  }

  /**
   * @param packets how many are put together at once
   * @param size the longest, without the header of IP
   * @param patience nanoseconds from the first fragment until the packet is given up
   */
  Reassembly(int packets, int size, long patience) {
    this.size = size & -UNIT;
    this.patience = patience;
    this.packets = new Packet[packets];
    Arrays.setAll(this.packets, i -> new Packet(this.size));
    complete = this.packets[0];
  }

  /**
   * Takes a fragment.
   *
   * @param offset where it belongs in the packet, a multiple of eight
   * @return the length of the whole packet, when it is there now, {@link #WAITING} or {@link
   *     #REFUSED}
   */
  int add(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int identification,
      int offset,
      boolean more,
      MemorySegment memory,
      long address,
      int length,
      long now) {
    Packet packet = null;
    for (Packet one : packets) {
      if (one.used && now - one.since >= patience) {
        drop(one);
      }
      if (one.used
          && one.identification == identification
          && one.sourceLow == sourceLow
          && one.sourceHigh == sourceHigh
          && one.destinationLow == destinationLow
          && one.destinationHigh == destinationHigh) {
        packet = one;
      }
    }
    if (packet == null) {
      packet = place(now);
      packet.used = true;
      packet.refused = false;
      packet.sourceHigh = sourceHigh;
      packet.sourceLow = sourceLow;
      packet.destinationHigh = destinationHigh;
      packet.destinationLow = destinationLow;
      packet.identification = identification;
      packet.since = now;
      packet.total = UNKNOWN;
      packet.end = 0;
      packet.there = 0;
      Arrays.fill(packet.units, 0);
    }
    if (packet.refused) {
      return REFUSED;
    }
    int result = put(packet, offset, more, memory, address, length);
    packet.refused = result == REFUSED;
    if (result > 0) {
      complete = packet;
    }
    return result;
  }

  private int put(
      Packet packet, int offset, boolean more, MemorySegment memory, long address, int length) {
    int end = offset + length;
    if (length <= 0 || end > size || (more && length % UNIT != 0)) {
      return REFUSED;
    }
    if (!more) {
      if ((packet.total != UNKNOWN && packet.total != end) || packet.end > end) {
        return REFUSED;
      }
    } else if (packet.total != UNKNOWN && end > packet.total) {
      return REFUSED;
    }
    int first = offset / UNIT;
    int last = (end - 1) / UNIT;
    int before = 0;
    for (int unit = first; unit <= last; unit++) {
      before += (int) (packet.units[unit / 64] >>> (unit & 63) & 1);
    }
    if (before != 0) {
      boolean again =
          before == last - first + 1
              && end <= packet.end
              && MemorySegment.mismatch(
                      packet.bytes, offset, end, memory, address, address + length)
                  < 0;
      return again ? WAITING : REFUSED;
    }
    for (int unit = first; unit <= last; unit++) {
      packet.units[unit / 64] |= 1L << (unit & 63);
    }
    MemorySegment.copy(memory, address, packet.bytes, offset, length);
    packet.there += length;
    packet.end = Math.max(packet.end, end);
    if (!more) {
      packet.total = end;
    }
    return packet.there == packet.total ? packet.total : WAITING;
  }

  private Packet place(long now) {
    Packet oldest = packets[0];
    for (Packet one : packets) {
      if (!one.used) {
        return one;
      }
      if (now - one.since > now - oldest.since) {
        oldest = one;
      }
    }
    drop(oldest);
    return oldest;
  }

  private void drop(Packet packet) {
    packet.used = false;
    abandoned++;
  }

  /** Copies the packet that was completed last, and forgets it. */
  void take(MemorySegment memory, long address) {
    MemorySegment.copy(complete.bytes, 0, memory, address, complete.total);
    forget();
  }

  /** Forgets the packet that was completed last. */
  void forget() {
    complete.used = false;
  }

  /** How many packets were given up since the beginning: too late, or too many at once. */
  long abandoned() {
    return abandoned;
  }
}
