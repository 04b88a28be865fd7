// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import java.lang.foreign.MemorySegment;

/**
 * A view on one header of a packet, in the memory where the packet lies. It is made once and laid
 * on one packet after another; not safe for several threads at once.
 *
 * <p>{@code wrap} checks everything that the other methods rely on. After it said {@link
 * Refusal#NONE} none of them reads or writes outside of the bytes it was given. After another
 * answer the view lies on nothing, and they throw {@link IndexOutOfBoundsException}.
 *
 * <p>Lengths are those that were found by {@code wrap}; who changes a length in the packet wraps it
 * again.
 */
public abstract sealed class Header
    permits Ethernet,
        VlanTag,
        Arp,
        Ipv4,
        Ipv6,
        Udp,
        Tcp,
        Icmp,
        Icmp6,
        NeighbourDiscovery,
        Igmp,
        Mld {
  MemorySegment memory = MemorySegment.NULL;
  long at;
  int length;

  Header() {}

  /** Where the header begins, in {@link #memory}. */
  public final long address() {
    return at;
  }

  /** What the view lies in. */
  public final MemorySegment memory() {
    return memory;
  }

  /** Bytes from the beginning of the header to the end of what belongs to it. */
  public final int length() {
    return length;
  }

  /**
   * Lays the view on bytes, and checks them.
   *
   * @param length how many bytes there are from {@code address} on
   */
  public abstract Refusal wrap(MemorySegment memory, long address, int length);

  final Refusal take(MemorySegment memory, long address, int length) {
    this.memory = memory;
    at = address;
    this.length = length;
    return Refusal.NONE;
  }

  final Refusal refuse(Refusal why) {
    memory = MemorySegment.NULL;
    length = 0;
    return why;
  }

  final int u8(int offset) {
    return Wire.u8(memory, at + offset);
  }

  final int u16(int offset) {
    return Wire.u16(memory, at + offset);
  }

  final int u32(int offset) {
    return Wire.u32(memory, at + offset);
  }

  final long u48(int offset) {
    return Wire.u48(memory, at + offset);
  }

  final long u64(int offset) {
    return Wire.u64(memory, at + offset);
  }

  final void u8(int offset, int value) {
    Wire.u8(memory, at + offset, value);
  }

  final void u16(int offset, int value) {
    Wire.u16(memory, at + offset, value);
  }

  final void u32(int offset, int value) {
    Wire.u32(memory, at + offset, value);
  }

  final void u48(int offset, long value) {
    Wire.u48(memory, at + offset, value);
  }

  final void u64(int offset, long value) {
    Wire.u64(memory, at + offset, value);
  }
}
