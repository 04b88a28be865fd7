// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * A reusable list of UDP datagrams in the memory of one port. Not safe for several threads at once.
 *
 * <p>A datagram is a place in {@link #memory}, whom it came from or goes to (remote), and which
 * address of this host it came to or leaves from (local). Addresses are two longs, as of IPv6 in
 * network order; those of IPv4 are mapped ({@code ::ffff:192.0.2.1}). All zero means none.
 */
public final class DatagramBatch {
  private static final int WORDS = 8;
  private static final int PLACE = 0;
  private static final int SIZE = 1;
  private static final int REMOTE = 2;
  private static final int LOCAL = 4;
  private static final int PORTS = 6;
  private static final int LINK = 7;
  private static final long MAPPED = 0xffff_0000_0000L;
  private static final long GONE = -1;

  private final long[] words;
  private final int capacity;
  private MemorySegment memory = MemorySegment.NULL;
  private int count;

  public DatagramBatch(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("a batch holds at least one datagram, not " + capacity);
    }
    this.capacity = capacity;
    words = new long[WORDS * capacity];
  }

  public int capacity() {
    return capacity;
  }

  public int count() {
    return count;
  }

  public boolean isEmpty() {
    return count == 0;
  }

  public boolean isFull() {
    return count == capacity;
  }

  /** Of the port that the datagrams belong to. */
  public MemorySegment memory() {
    return memory;
  }

  /** Where the first byte of the payload lies in {@link #memory}. */
  public long address(int index) {
    return words[at(index) + PLACE];
  }

  /** Of the payload. */
  public int length(int index) {
    return (int) words[at(index) + SIZE];
  }

  /** The longest payload that has room where this one is. */
  public int room(int index) {
    return (int) (words[at(index) + SIZE] >>> 32);
  }

  /** A view on the payload. */
  public MemorySegment payload(int index) {
    return memory.asSlice(address(index), length(index));
  }

  /**
   * Says how long the payload is.
   *
   * @throws IndexOutOfBoundsException when there is no room for it; nothing has changed
   */
  public void length(int index, int length) {
    int at = at(index);
    int room = (int) (words[at + SIZE] >>> 32);
    if (length < 0 || length > room) {
      throw new IndexOutOfBoundsException(
          "a payload of " + length + " bytes where " + room + " have room");
    }
    words[at + SIZE] = ((long) room << 32) | length;
  }

  /** The first eight bytes of the remote address. */
  public long remoteHigh(int index) {
    return words[at(index) + REMOTE];
  }

  /** The last eight bytes of the remote address. */
  public long remoteLow(int index) {
    return words[at(index) + REMOTE + 1];
  }

  public int remotePort(int index) {
    return (int) (words[at(index) + PORTS] & 0xffff);
  }

  /** Whether the remote address is one of IPv4. */
  public boolean remoteFour(int index) {
    int at = at(index);
    return words[at + REMOTE] == 0 && words[at + REMOTE + 1] >>> 32 == 0xffff;
  }

  public long localHigh(int index) {
    return words[at(index) + LOCAL];
  }

  public long localLow(int index) {
    return words[at(index) + LOCAL + 1];
  }

  public int localPort(int index) {
    return (int) (words[at(index) + PORTS] >>> 16 & 0xffff);
  }

  /** The index of the interface it came by, or is to leave by; 0 for any. */
  public int link(int index) {
    return (int) words[at(index) + LINK];
  }

  public void link(int index, int link) {
    words[at(index) + LINK] = link;
  }

  public void remote(int index, long high, long low, int port) {
    int at = at(index);
    words[at + REMOTE] = high;
    words[at + REMOTE + 1] = low;
    words[at + PORTS] = (words[at + PORTS] & ~0xffffL) | (port & 0xffff);
  }

  public void local(int index, long high, long low, int port) {
    int at = at(index);
    words[at + LOCAL] = high;
    words[at + LOCAL + 1] = low;
    words[at + PORTS] = (words[at + PORTS] & ~0xffff_0000L) | ((port & 0xffffL) << 16);
  }

  /** The remote address and port as an object; allocates. */
  public InetSocketAddress remote(int index) {
    return new InetSocketAddress(inet(remoteHigh(index), remoteLow(index)), remotePort(index));
  }

  /** The local address and port as an object; allocates. */
  public InetSocketAddress local(int index) {
    return new InetSocketAddress(inet(localHigh(index), localLow(index)), localPort(index));
  }

  /** Sends it to an address given as an object. */
  public void remote(int index, InetSocketAddress to) {
    byte[] bytes = to.getAddress().getAddress();
    ByteBuffer in = ByteBuffer.wrap(bytes);
    if (bytes.length == 4) {
      remote(index, 0, MAPPED | Integer.toUnsignedLong(in.getInt()), to.getPort());
    } else {
      remote(index, in.getLong(), in.getLong(), to.getPort());
    }
  }

  /**
   * Makes a received datagram its own answer: the payload in its place, now of this length, goes
   * back to where it came from, and leaves from the address it came to. That holds without a
   * further word for a datagram whose addresses were not changed since it was received.
   */
  public void reply(int index, int length) {
    length(index, length);
  }

  /**
   * Adds a datagram of the same port, with no addresses.
   *
   * @param room the longest payload that fits at the address
   */
  public void add(long address, int length, int room) {
    if (count == capacity) {
      throw new IndexOutOfBoundsException("the batch is full with " + count + " datagrams");
    }
    int at = WORDS * count++;
    words[at + PLACE] = address;
    words[at + SIZE] = ((long) room << 32) | length;
    java.util.Arrays.fill(words, at + REMOTE, at + WORDS, 0);
  }

  /**
   * Moves a datagram to the end of another batch, which is empty or holds those of the same port.
   */
  public void moveTo(DatagramBatch other, int index) {
    int at = at(index);
    if (other.count == 0) {
      other.bind(memory);
    }
    if (other.isFull()) {
      throw new IndexOutOfBoundsException("the batch is full with " + other.count + " datagrams");
    }
    System.arraycopy(words, at, other.words, WORDS * other.count++, WORDS);
    words[at + SIZE] = GONE;
  }

  /** Closes the gaps that {@link #moveTo} left. */
  public void compact() {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (words[WORDS * i + SIZE] != GONE) {
        if (kept != i) {
          System.arraycopy(words, WORDS * i, words, WORDS * kept, WORDS);
        }
        kept++;
      }
    }
    count = kept;
  }

  /** Takes the first ones out; for ports, after they have taken them over. */
  public void removeFirst(int datagrams) {
    if (datagrams < 0 || datagrams > count) {
      throw new IndexOutOfBoundsException(datagrams + " of " + count + " datagrams");
    }
    if (datagrams < count && datagrams > 0) {
      System.arraycopy(words, WORDS * datagrams, words, 0, WORDS * (count - datagrams));
    }
    count -= datagrams;
  }

  /** Forgets all datagrams, without giving their chunks back: they must have a new owner. */
  public void clear() {
    count = 0;
  }

  /** Says whose datagrams are added next; for ports. The batch must be empty. */
  public void bind(MemorySegment memory) {
    if (count != 0) {
      throw new IllegalStateException("the batch still holds " + count + " datagrams");
    }
    this.memory = memory;
  }

  private int at(int index) {
    return WORDS * Objects.checkIndex(index, count);
  }

  /** An address of two longs as an object: those of IPv4 as such. */
  public static InetAddress inet(long high, long low) {
    boolean four = high == 0 && low >>> 32 == 0xffff;
    byte[] bytes =
        four
            ? ByteBuffer.allocate(4).putInt((int) low).array()
            : ByteBuffer.allocate(16).putLong(high).putLong(low).array();
    try {
      return InetAddress.getByAddress(bytes);
    } catch (UnknownHostException e) {
      throw new IllegalStateException("the length of an address is always right", e);
    }
  }

  @Override
  public String toString() {
    return count + " of " + capacity + " datagrams";
  }
}
