// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.api;

import java.lang.foreign.MemorySegment;
import org.osgi.annotation.versioning.ProviderType;

/**
 * One frame, owned by whoever holds it, from {@link PacketReceiver} or {@link PacketSender#reserve}
 * until it is released or sent.
 *
 * <p>The object belongs to its chunk and is handed out again and again. It may go from thread to
 * thread, but is used by one at a time. After it was given away every call throws {@link
 * IllegalStateException}, until the chunk is handed out anew: who keeps a reference longer may then
 * look at somebody else's packet.
 *
 * <p>When the driver of the port changed, or the port was closed, the memory of the packet is gone:
 * a look at its bytes throws {@link IllegalStateException}; to release or send it does no harm.
 */
@ProviderType
public interface Packet {

  /** In which the bytes lie, with those of all other packets of the port. */
  MemorySegment memory();

  /** Where the first byte lies in {@link #memory}. */
  long address();

  int length();

  /**
   * Says how much of the chunk, from {@link #address} on, is the packet.
   *
   * @throws IndexOutOfBoundsException when the chunk is shorter; nothing has changed
   */
  void length(int length);

  /** As those of {@link FrameBatch}. */
  int flags();

  /** Whether a longer packet goes on in the one that follows. */
  default boolean continued() {
    return (flags() & FrameBatch.CONTINUED) != 0;
  }

  /** Says that a longer packet goes on in the one that is sent next, or that it does not. */
  void continued(boolean on);

  /** A view on the bytes. */
  MemorySegment bytes();

  /** Bytes between the beginning of the chunk and the packet. */
  int headroom();

  /** Bytes between the end of the packet and the end of its chunk. */
  int tailroom();

  /**
   * Moves the beginning of the packet: forward to strip what stands there, backward to get room.
   *
   * @param delta bytes; negative to get room
   * @return whether there was room; if not, nothing has changed
   */
  boolean adjustHead(int delta);

  /**
   * Moves the end of the packet.
   *
   * @param delta bytes; negative to cut
   * @return whether there was room; if not, nothing has changed
   */
  boolean adjustTail(int delta);

  /**
   * Gives the chunk back to the port, to be received into again. Any thread, at any time, even
   * after the port was closed.
   *
   * @throws IllegalStateException when it was given away before
   */
  void release();
}
