// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.Packet;

/** The packet of one chunk. */
final class OwnedPacket implements Packet {
  private static final int AWAY = 0;
  private static final int HELD = 1;
  private static final VarHandle STATE;

  static {
    try {
      STATE = MethodHandles.lookup().findVarHandle(OwnedPacket.class, "state", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  final Stock stock;
  private final int chunk;
  private long address;
  private int length;
  private int flags;

  /** Changed by {@link #STATE} where it matters who sees it when. */
  private int state;

  OwnedPacket(Stock stock, int chunk) {
    this.stock = stock;
    this.chunk = chunk;
  }

  /** The chunk was handed out by the port. */
  void arrive(long address, int length, int flags) {
    this.address = address;
    this.length = length;
    this.flags = flags;
    STATE.setRelease(this, HELD);
  }

  /** The holder gives it away; whoever does so second is refused. */
  void leave() {
    if (!STATE.compareAndSet(this, HELD, AWAY)) {
      throw gone();
    }
  }

  /** The holder keeps it after all. */
  void stay() {
    STATE.setRelease(this, HELD);
  }

  /** Puts it into a batch, after {@link #leave}. */
  void into(FrameBatch batch) {
    batch.add(address, length, flags);
  }

  @Override
  public MemorySegment memory() {
    check();
    return stock.memory;
  }

  @Override
  public long address() {
    check();
    return address;
  }

  @Override
  public int length() {
    check();
    return length;
  }

  @Override
  public void length(int length) {
    check();
    int room = stock.chunkSize - head();
    if (length < 0 || length > room) {
      throw new IndexOutOfBoundsException(
          "a packet of " + length + " bytes; its chunk has room for " + room);
    }
    this.length = length;
  }

  @Override
  public int flags() {
    check();
    return flags;
  }

  @Override
  public void continued(boolean on) {
    check();
    flags = on ? flags | FrameBatch.CONTINUED : flags & ~FrameBatch.CONTINUED;
  }

  @Override
  public MemorySegment bytes() {
    check();
    return stock.memory.asSlice(address, length);
  }

  @Override
  public int headroom() {
    check();
    return head();
  }

  @Override
  public int tailroom() {
    check();
    return stock.chunkSize - head() - length;
  }

  @Override
  public boolean adjustHead(int delta) {
    check();
    // A packet that began where its chunk ends would lie in the next one.
    if (delta > length || -delta > head() || delta >= stock.chunkSize - head()) {
      return false;
    }
    address += delta;
    length -= delta;
    return true;
  }

  @Override
  public boolean adjustTail(int delta) {
    check();
    if (delta < -length || delta > stock.chunkSize - head() - length) {
      return false;
    }
    length += delta;
    return true;
  }

  @Override
  public void release() {
    leave();
    stock.giveBack(chunk);
  }

  /** Releases it unless somebody did. */
  void releaseIfHeld() {
    if (STATE.compareAndSet(this, HELD, AWAY)) {
      stock.giveBack(chunk);
    }
  }

  private int head() {
    return (int) (address & (stock.chunkSize - 1));
  }

  private void check() {
    if (state != HELD) {
      throw gone();
    }
  }

  private IllegalStateException gone() {
    return new IllegalStateException(
        "the packet of chunk %d was released or sent before; it belongs to the port"
            .formatted(chunk));
  }

  @Override
  public String toString() {
    return "chunk %d: %d bytes at %d%s"
        .formatted(chunk, length, address, state == HELD ? "" : ", given away");
  }
}
