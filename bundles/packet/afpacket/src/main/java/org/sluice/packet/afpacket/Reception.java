// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.afpacket;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.sluice.packet.api.FrameBatch;
import org.sluice.sys.socket.PacketStatus;

/** The receiving side of a port, for one thread at a time but for the census. */
sealed interface Reception permits CallReception, BlockReception {
  int TAG = 4;
  int ADDRESSES = 12;
  ValueLayout.OfShort NETWORK_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  /** As the port's. */
  int receive(FrameBatch into);

  /** As the port's. */
  boolean await(long nanos);

  /** Whether somebody waits for chunks, and must be woken when some come back. Any thread. */
  boolean starved();

  /** How many chunks wait for what will arrive, or have it. */
  int placed();

  /** How many of them have it. */
  int pending();

  /** How many chunks a packet needs, of which the first has less room. */
  static int frames(int length, int room, int chunkSize) {
    return length <= room ? 1 : 1 + (length - room + chunkSize - 1) / chunkSize;
  }

  static void put(long[] words, int index, long address, int length, int flags) {
    words[2 * index] = address;
    words[2 * index + 1] = (long) flags << 32 | length;
  }

  static int flags(int status) {
    if (PacketStatus.checksumPartial(status)) {
      return FrameBatch.CHECKSUM_PARTIAL;
    }
    return PacketStatus.checksumGood(status) ? FrameBatch.CHECKSUM_GOOD : 0;
  }

  /** Puts a tag behind the addresses, which move forward into the headroom. */
  static void insert(MemorySegment memory, long at, short type, short tag) {
    long destination = memory.get(JAVA_LONG_UNALIGNED, at + TAG);
    int source = memory.get(JAVA_INT_UNALIGNED, at + TAG + Long.BYTES);
    memory.set(JAVA_LONG_UNALIGNED, at, destination);
    memory.set(JAVA_INT_UNALIGNED, at + Long.BYTES, source);
    memory.set(NETWORK_SHORT, at + ADDRESSES, type);
    memory.set(NETWORK_SHORT, at + ADDRESSES + Short.BYTES, tag);
  }
}
