// SPDX-License-Identifier: Apache-2.0
package org.sluice.sys;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Writes netlink messages one behind the other, so that several requests go out in one call.
 *
 * <p>{@link #begin}, then the fixed part with {@link #u8} and its like, then attributes, then
 * {@link #end}. Grows as needed; {@link #clear} makes it ready for the next batch. For one thread.
 */
public final class NetlinkBuilder {
  /** Flag: this is a request; every message that is sent has it. */
  public static final int REQUEST = 1;

  /** Flag: answer when it is done. */
  public static final int ACK = 4;

  /** Flags: tell everything there is. */
  public static final int DUMP = 0x300;

  private static final int NESTED = 0x8000;
  private static final int LARGEST_ATTRIBUTE = 0xffff;

  private ByteBuffer out = ByteBuffer.allocateDirect(512).order(ByteOrder.nativeOrder());
  private int message = -1;
  private int[] open = new int[4];
  private int depth;

  public NetlinkBuilder clear() {
    out.clear();
    message = -1;
    depth = 0;
    return this;
  }

  public NetlinkBuilder begin(int type, int flags, int sequence) {
    if (message >= 0) {
      throw new IllegalStateException("the message before was not ended");
    }
    message = out.position();
    room(NetlinkMessage.HEADER);
    out.putInt(0).putShort((short) type).putShort((short) flags).putInt(sequence).putInt(0);
    return this;
  }

  public NetlinkBuilder u8(int value) {
    room(1);
    out.put((byte) value);
    return this;
  }

  public NetlinkBuilder u16(int value) {
    room(2);
    out.putShort((short) value);
    return this;
  }

  public NetlinkBuilder u32(long value) {
    room(4);
    out.putInt((int) value);
    return this;
  }

  public NetlinkBuilder attribute(int type, byte[] value) {
    header(type, value.length);
    room(value.length);
    out.put(value);
    return align();
  }

  public NetlinkBuilder attributeU8(int type, int value) {
    header(type, 1);
    return u8(value).align();
  }

  public NetlinkBuilder attributeU32(int type, long value) {
    header(type, 4);
    return u32(value);
  }

  public NetlinkBuilder beginNested(int type) {
    if (depth == open.length) {
      open = java.util.Arrays.copyOf(open, depth * 2);
    }
    align();
    open[depth++] = out.position();
    room(4);
    out.putShort((short) 0).putShort((short) (type | NESTED));
    return this;
  }

  public NetlinkBuilder endNested() {
    if (depth == 0) {
      throw new IllegalStateException("no nested attribute is open");
    }
    int start = open[--depth];
    out.putShort(start, (short) fitting(out.position() - start));
    return align();
  }

  public NetlinkBuilder end() {
    if (message < 0 || depth > 0) {
      throw new IllegalStateException(
          message < 0 ? "no message was begun" : depth + " nested attributes are open");
    }
    align();
    out.putInt(message, out.position() - message);
    message = -1;
    return this;
  }

  /** All messages since {@link #clear}; valid until the builder is written to again. */
  public MemorySegment bytes() {
    if (message >= 0) {
      throw new IllegalStateException("the message was not ended");
    }
    return MemorySegment.ofBuffer(out.duplicate().flip());
  }

  private void header(int type, int length) {
    align();
    room(4);
    out.putShort((short) fitting(length + 4)).putShort((short) type);
  }

  private static int fitting(int size) {
    if (size > LARGEST_ATTRIBUTE) {
      throw new IllegalArgumentException(
          "a netlink attribute holds " + LARGEST_ATTRIBUTE + " bytes, not " + size);
    }
    return size;
  }

  private NetlinkBuilder align() {
    while ((out.position() & 3) != 0) {
      room(1);
      out.put((byte) 0);
    }
    return this;
  }

  private void room(int bytes) {
    if (out.remaining() < bytes) {
      int needed = out.position() + bytes;
      ByteBuffer larger =
          ByteBuffer.allocateDirect(Math.max(needed, out.capacity() * 2))
              .order(ByteOrder.nativeOrder());
      out = larger.put(out.flip());
    }
  }
}
