// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;

/**
 * Walks over structures that begin with their own 16-bit length and carry attributes, such as the
 * {@code struct rtnexthop} of a multipath route. A flyweight like {@link NetlinkAttributes}.
 */
public final class NetlinkStructures {
  private final MemorySegment memory;
  private final long end;
  private long following;
  private long start;
  private int length;

  NetlinkStructures(MemorySegment memory, long start, long end) {
    this.memory = memory;
    this.following = start;
    this.start = start;
    this.end = end;
  }

  /**
   * Moves to the next structure; false when there is none.
   *
   * @param fixed the size of its fixed part
   */
  public boolean next(int fixed) throws MalformedMessageException {
    long left = end - following;
    if (left <= 0) {
      return false;
    }
    int size = left < 2 ? 0 : Short.toUnsignedInt(memory.get(JAVA_SHORT_UNALIGNED, following));
    if (size < fixed || size > left) {
      throw new MalformedMessageException(
          "netlink structure: says " + size + " bytes, takes " + fixed + ", has " + left);
    }
    start = following;
    length = size;
    following += (size + 3L) & ~3L;
    return true;
  }

  public int u8(int offset) throws MalformedMessageException {
    need(offset, 1);
    return Byte.toUnsignedInt(memory.get(JAVA_BYTE, start + offset));
  }

  public int s32(int offset) throws MalformedMessageException {
    need(offset, 4);
    return memory.get(JAVA_INT_UNALIGNED, start + offset);
  }

  /**
   * @param fixed where they begin
   */
  public NetlinkAttributes attributes(int fixed) throws MalformedMessageException {
    need(fixed, 0);
    return new NetlinkAttributes().wrap(memory, start + fixed, start + length);
  }

  private void need(int offset, int bytes) throws MalformedMessageException {
    if (offset < 0 || offset + bytes > length) {
      throw new MalformedMessageException(
          "netlink structure: has " + length + " bytes, needs " + (offset + bytes));
    }
  }
}
