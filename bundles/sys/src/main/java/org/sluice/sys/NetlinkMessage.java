// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Walks over the messages of one datagram.
 *
 * <p>A flyweight: {@link #next} moves it to the following message. Every length is checked before
 * anything is read, so that a truncated or hostile datagram ends in a {@link
 * MalformedMessageException} and never in a read outside. For one thread; valid until its socket
 * receives again.
 */
public final class NetlinkMessage {
  public static final int HEADER = 16;

  /** Type: an acknowledgement or an error, see {@link NetlinkAck}. */
  public static final int ERROR = 2;

  /** Type: the end of a dump, see {@link NetlinkAck}. */
  public static final int DONE = 3;

  /** Flag: the state changed while it was dumped, and the dump may lack something. */
  public static final int FLAG_DUMP_INTERRUPTED = 0x10;

  /** Flag of a notification: what is told took the place of something that is not told. */
  public static final int FLAG_REPLACE = 0x100;

  private final NetlinkAttributes attributes = new NetlinkAttributes();
  private MemorySegment memory = MemorySegment.NULL;
  private long following;
  private long end;
  private long start;
  private long stop;

  NetlinkMessage() {}

  /** Over a datagram that was received elsewhere. */
  public static NetlinkMessage over(MemorySegment datagram) {
    return new NetlinkMessage().wrap(datagram, 0, datagram.byteSize());
  }

  NetlinkMessage wrap(MemorySegment memory, long start, long end) {
    this.memory = memory;
    this.following = start;
    this.end = end;
    this.start = start;
    this.stop = start;
    return this;
  }

  /** Moves to the next message; false when there is none. */
  public boolean next() throws MalformedMessageException {
    long left = end - following;
    if (left <= 0) {
      return false;
    }
    if (left < HEADER) {
      throw new MalformedMessageException(
          "netlink message: " + left + " bytes left, its header takes " + HEADER);
    }
    long length = Integer.toUnsignedLong(memory.get(JAVA_INT_UNALIGNED, following));
    if (length < HEADER || length > left) {
      throw new MalformedMessageException(
          "netlink message: says " + length + " bytes, " + left + " are there");
    }
    start = following;
    stop = start + length;
    following += (length + 3) & ~3L;
    return true;
  }

  public int type() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, start + 4));
  }

  public int flags() {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, start + 6));
  }

  public int sequence() {
    return memory.get(JAVA_INT_UNALIGNED, start + 8);
  }

  /** To whom it was sent: the port of the asking socket, or 0. */
  public int port() {
    return memory.get(JAVA_INT_UNALIGNED, start + 12);
  }

  /** Of the payload, in bytes. */
  public int length() {
    return (int) (stop - start) - HEADER;
  }

  public int u8(int offset) throws MalformedMessageException {
    return Byte.toUnsignedInt(memory.get(JAVA_BYTE, at(offset, 1)));
  }

  public int u16(int offset) throws MalformedMessageException {
    return Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, at(offset, 2)));
  }

  public int s32(int offset) throws MalformedMessageException {
    return memory.get(JAVA_INT_UNALIGNED, at(offset, 4));
  }

  /**
   * The attributes behind the fixed part of the payload; the same object for every message.
   *
   * @param fixed the size of the fixed part; it is checked to be there
   */
  public NetlinkAttributes attributes(int fixed) throws MalformedMessageException {
    long from = at(fixed, 0);
    return attributes.wrap(memory, (from + 3) & ~3L, stop);
  }

  private long at(int offset, int bytes) throws MalformedMessageException {
    long from = start + HEADER + offset;
    if (offset < 0 || from + bytes > stop) {
      throw new MalformedMessageException(
          "netlink message of type "
              + type()
              + ": payload has "
              + length()
              + " bytes, needs "
              + (offset + bytes));
    }
    return from;
  }
}
