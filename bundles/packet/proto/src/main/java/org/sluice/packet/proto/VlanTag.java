// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;
import org.sluice.packet.api.FrameBatch;

/**
 * A tag of 802.1Q or 802.1ad, behind the type that announces it: priority and number of the virtual
 * network, then the type of what follows.
 */
public final class VlanTag extends Header {
  public static final int SIZE = 4;
  private static final int ADDRESSES = 12;

  @Override
  public Refusal wrap(MemorySegment memory, long address, int length) {
    return length < SIZE ? refuse(Refusal.TRUNCATED) : take(memory, address, length);
  }

  /** Whether a type announces a tag. */
  public static boolean announced(int type) {
    return type == Ethernet.VLAN || type == Ethernet.PROVIDER_VLAN;
  }

  public int id() {
    return u16(0) & 0xfff;
  }

  public void id(int id) {
    u16(0, (u16(0) & 0xf000) | (id & 0xfff));
  }

  public int priority() {
    return u16(0) >>> 13;
  }

  public void priority(int priority) {
    u16(0, (u16(0) & 0x1fff) | (priority & 7) << 13);
  }

  public boolean dropEligible() {
    return (u16(0) & 0x1000) != 0;
  }

  /** Of what follows the tag. */
  public int type() {
    return u16(2);
  }

  public void type(int type) {
    u16(2, type);
  }

  /**
   * Puts a tag in front of what the frame holds.
   *
   * @param type 0x8100, or 0x88a8 for the outer of two
   * @param tag priority and number, 16 bits
   * @return whether there was room; if not, nothing has changed
   */
  public static boolean push(FrameBatch frames, int index, int type, int tag) {
    if (frames.length(index) < Ethernet.SIZE || !frames.adjustHead(index, -SIZE)) {
      return false;
    }
    MemorySegment memory = frames.memory();
    long at = frames.address(index);
    MemorySegment.copy(memory, at + SIZE, memory, at, ADDRESSES);
    Wire.u16(memory, at + ADDRESSES, type);
    Wire.u16(memory, at + ADDRESSES + 2, tag);
    return true;
  }

  /**
   * Takes the outermost tag off.
   *
   * @return priority and number, 16 bits; -1 when there is no whole tag, and nothing has changed
   */
  public static int strip(FrameBatch frames, int index) {
    MemorySegment memory = frames.memory();
    long at = frames.address(index);
    if (frames.length(index) < Ethernet.SIZE + SIZE
        || !announced(Wire.u16(memory, at + ADDRESSES))) {
      return -1;
    }
    int tag = Wire.u16(memory, at + ADDRESSES + 2);
    MemorySegment.copy(memory, at, memory, at + SIZE, ADDRESSES);
    frames.adjustHead(index, SIZE);
    return tag;
  }
}
