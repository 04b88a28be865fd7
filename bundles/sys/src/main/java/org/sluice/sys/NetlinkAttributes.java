// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Walks over the attributes of a netlink message or of a nested attribute.
 *
 * <p>A flyweight: {@link #next} moves it to the following attribute, and what the accessors return
 * belongs to that one. Every length is checked against the message before anything is read. For one
 * thread; valid as long as the message is.
 */
public final class NetlinkAttributes {
  private static final int HEADER = 4;
  private static final int TYPE_MASK = 0x3fff;

  private MemorySegment memory = MemorySegment.NULL;
  private long following;
  private long end;
  private long value;
  private int length;
  private int type;

  NetlinkAttributes wrap(MemorySegment memory, long start, long end) {
    this.memory = memory;
    this.following = start;
    this.end = end;
    this.value = start;
    this.length = 0;
    this.type = -1;
    return this;
  }

  /** Moves to the next attribute; false when there is none. */
  public boolean next() throws MalformedMessageException {
    long left = end - following;
    if (left <= 0) {
      return false;
    }
    if (left < HEADER) {
      throw new MalformedMessageException(
          "netlink attribute: " + left + " bytes left, its header takes " + HEADER);
    }
    int size = Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, following));
    type = memory.get(JAVA_SHORT_UNALIGNED, following + 2) & TYPE_MASK;
    if (size < HEADER || size > left) {
      throw new MalformedMessageException(
          "netlink attribute " + type + ": says " + size + " bytes, " + left + " are there");
    }
    value = following + HEADER;
    length = size - HEADER;
    following += (size + 3L) & ~3L;
    return true;
  }

  public int type() {
    return type;
  }

  /** Of the value, in bytes. */
  public int length() {
    return length;
  }

  public int u8() throws MalformedMessageException {
    need(1);
    return Byte.toUnsignedInt(memory.get(JAVA_BYTE, value));
  }

  public int u16() throws MalformedMessageException {
    need(2);
    return Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, value));
  }

  public int s32() throws MalformedMessageException {
    need(4);
    return memory.get(JAVA_INT_UNALIGNED, value);
  }

  public long u32() throws MalformedMessageException {
    return Integer.toUnsignedLong(s32());
  }

  public long u64() throws MalformedMessageException {
    need(8);
    return memory.get(JAVA_LONG_UNALIGNED, value);
  }

  /** A copy of the value. */
  public byte[] bytes() {
    return memory.asSlice(value, length).toArray(JAVA_BYTE);
  }

  /** A copy of the value up to its first zero byte. */
  public byte[] text() {
    byte[] all = bytes();
    int end = 0;
    while (end < all.length && all[end] != 0) {
      end++;
    }
    return end == all.length ? all : java.util.Arrays.copyOf(all, end);
  }

  /** The attributes within this one. */
  public NetlinkAttributes nested() {
    return nested(0);
  }

  /**
   * The attributes within this one, after a structure.
   *
   * @param skip the size of the structure; it is checked to be there
   */
  NetlinkAttributes nested(int skip) {
    return new NetlinkAttributes().wrap(memory, value + skip, value + length);
  }

  /** The value as a message body of its own, for arrays of structures such as next hops. */
  public NetlinkStructures structures() {
    return new NetlinkStructures(memory, value, value + length);
  }

  private void need(int bytes) throws MalformedMessageException {
    if (length < bytes) {
      throw new MalformedMessageException(
          "netlink attribute " + type + ": has " + length + " bytes, needs " + bytes);
    }
  }
}
