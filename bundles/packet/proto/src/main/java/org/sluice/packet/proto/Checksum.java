// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;

/**
 * The checksum of the internet (RFC 1071): the complement of the sum, with end-around carry, of all
 * 16-bit words.
 *
 * <p>A <em>sum</em> here is such a sum of any width that was not complemented; sums of parts that
 * begin at even places are added with {@link #add}.
 */
public final class Checksum {
  private static final boolean LITTLE = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
  private static final int LONG = 128;
  private static final long HALF = 0xffff_ffffL;

  private Checksum() {}

  /** The sum of bytes; what is odd at the end counts as if a zero followed. */
  public static int sum(MemorySegment memory, long address, int length) {
    // The compiler makes of a loop what suits how often it went round before. Short headers and
    // long payloads have a loop each, so that the many former do not spoil the latter.
    int whole = length & -8;
    long words = length < LONG ? few(memory, address, whole) : many(memory, address, whole);
    long rest = 0;
    for (int i = whole; i < length; i++) {
      int place = LITTLE ? i & 7 : 7 - (i & 7);
      rest |= (memory.get(JAVA_BYTE, address + i) & 0xffL) << (8 * place);
    }
    int sum = fold(words + halves(rest));
    return LITTLE ? Short.reverseBytes((short) sum) & 0xffff : sum;
  }

  /**
   * Halves of words are added apart, so that no carry is lost and none has to be waited for. The
   * sum does not depend on the order of bytes, but for a swap at the end.
   */
  private static long few(MemorySegment memory, long address, int length) {
    long sum = 0;
    for (int i = 0; i < length; i += 8) {
      sum += halves(memory.get(JAVA_LONG_UNALIGNED, address + i));
    }
    return sum;
  }

  private static long many(MemorySegment memory, long address, int length) {
    long low = 0;
    long high = 0;
    for (int i = 0; i < length; i += 8) {
      long word = memory.get(JAVA_LONG_UNALIGNED, address + i);
      low += word & HALF;
      high += word >>> 32;
    }
    return low + high;
  }

  /** Both sums as one. */
  public static int add(int sum, int other) {
    return fold((sum & HALF) + (other & HALF));
  }

  /** The checksum that belongs to a sum. */
  public static int of(int sum) {
    return ~fold(sum & HALF) & 0xffff;
  }

  /** The checksum of bytes. */
  public static int of(MemorySegment memory, long address, int length) {
    return ~sum(memory, address, length) & 0xffff;
  }

  /** The sum of what a transport of IPv4 counts besides its own bytes. */
  public static int pseudo4(int source, int destination, int protocol, int length) {
    return fold((source & HALF) + (destination & HALF) + protocol + length);
  }

  /** The sum of what a transport of IPv6 counts besides its own bytes. */
  public static int pseudo6(
      long sourceHigh,
      long sourceLow,
      long destinationHigh,
      long destinationLow,
      int protocol,
      int length) {
    return fold(
        halves(sourceHigh)
            + halves(sourceLow)
            + halves(destinationHigh)
            + halves(destinationLow)
            + protocol
            + (length & HALF));
  }

  /**
   * The checksum after one 16-bit word was changed (RFC 1624, equation 3). It is the one that would
   * be found by counting anew, unless all words are zero.
   *
   * @param from what the word was
   * @param to what it is now
   */
  public static int changed(int checksum, int from, int to) {
    return ~fold((~checksum & 0xffffL) + (~from & 0xffffL) + (to & 0xffffL)) & 0xffff;
  }

  /** The checksum after a 32-bit word, at an even place, was changed. */
  public static int changed32(int checksum, int from, int to) {
    return ~fold((~checksum & 0xffffL) + (~from & HALF) + (to & HALF)) & 0xffff;
  }

  /** The checksum after a 64-bit word, at an even place, was changed. */
  public static int changed64(int checksum, long from, long to) {
    return ~fold((~checksum & 0xffffL) + halves(~from) + halves(to)) & 0xffff;
  }

  /** What stands in a datagram for a checksum of UDP: 0 would mean that there is none. */
  public static int udp(int checksum) {
    return checksum == 0 ? 0xffff : checksum;
  }

  private static long halves(long word) {
    return (word >>> 32) + (word & HALF);
  }

  private static int fold(long sum) {
    long folded = (sum >>> 32) + (sum & HALF);
    folded = (folded >>> 32) + (folded & HALF);
    folded = (folded >>> 16) + (folded & 0xffff);
    folded = (folded >>> 16) + (folded & 0xffff);
    return (int) ((folded >>> 16) + (folded & 0xffff));
  }
}
