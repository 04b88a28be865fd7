// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.sluice.packet.api.DatagramBatch;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.driver.Tally;
import org.sluice.packet.proto.Detour;
import org.sluice.packet.proto.UdpOverFrames;
import org.sluice.sys.Errno;
import org.sluice.sys.socket.ReceiveArray;
import org.sluice.sys.socket.SendArray;
import org.sluice.sys.socket.UdpSocket;

/**
 * The socket of a port whose datagrams come and go as frames. With it the kernel keeps the UDP port
 * for us, is a member of the groups, and does what frames cannot: it puts fragments together, cuts
 * what is too long, finds out where neighbours are, and brings what this host sends to itself. Owns
 * the socket and a thread that waits for it.
 */
final class HostSocket implements Detour, AutoCloseable {
  private static final int PLACES = 18;

  private final UdpSocket socket;
  private final FramePort frames;
  private final Arena arena = Arena.ofShared();
  private final SendArray out;
  private final ReceiveArray in;
  private final int room;
  private final FrameBatch lent = new FrameBatch(PLACES);
  private final FrameBatch spare = new FrameBatch(PLACES);
  private final long[] chunks = new long[PLACES];
  private final Tally received = new Tally();
  private final ReentrantLock closing = new ReentrantLock();
  private final Thread watcher;
  private volatile boolean readable;
  private volatile boolean closed;

  HostSocket(UdpSocket socket, FramePort frames, int room) {
    this.socket = socket;
    this.frames = frames;
    this.room = room;
    out = new SendArray(arena, frames.memory(), 1, socket.six());
    in = new ReceiveArray(arena, frames.memory(), room, PLACES, socket.six());
    watcher = Thread.ofPlatform().daemon().name("packet.engine/socket").unstarted(this::watch);
  }

  /** Begins to wait; once. */
  void start() {
    watcher.start();
  }

  private void watch() {
    while (!closed) {
      if (readable) {
        LockSupport.park(this);
      } else if (socket.await(Long.MAX_VALUE)) {
        readable = true;
        closing.lock();
        try {
          if (!closed) {
            frames.wake();
          }
        } catch (IllegalStateException e) {
          // Its driver has closed it; the holder will hear of that.
        } finally {
          closing.unlock();
        }
      }
    }
  }

  /** Whether something may wait in the socket. Any thread. */
  boolean readable() {
    return readable;
  }

  Tally received() {
    return received;
  }

  @Override
  public Outcome send(
      MemorySegment memory,
      long address,
      int length,
      long high,
      long low,
      int port,
      long localHigh,
      long localLow) {
    out.clear(false);
    if (!out.add(address, length, high, low, port, localHigh, localLow, 0)) {
      return Outcome.INVALID;
    }
    int result;
    do {
      result = socket.send(out);
    } while (result == -Errno.EINTR.number());
    return result == 0
        ? Outcome.SENT
        : UdpSocket.never(-result) ? Outcome.INVALID : Outcome.DROPPED;
  }

  /** Adds what waits in the socket, in chunks of the port; by the receiving side. */
  void receive(UdpOverFrames port, DatagramBatch into, int localPort) {
    while (readable && !into.isFull()) {
      int wanted = port.lend(lent, Math.min(PLACES, into.capacity() - into.count()));
      if (wanted == 0) {
        return;
      }
      for (int i = 0; i < wanted; i++) {
        chunks[wanted - 1 - i] = lent.address(i);
      }
      in.arm(chunks, wanted);
      int came = Math.max(0, socket.receive(in, wanted));
      int first = in.first();
      spare.bind(lent.memory(), frames.chunkSize());
      if (into.isEmpty()) {
        into.bind(lent.memory());
      }
      long bytes = 0;
      int useless = 0;
      for (int place = first; place < first + wanted; place++) {
        boolean filled = place < first + came;
        if (filled && !in.truncated(place)) {
          add(into, in, place, localPort, room);
          bytes += in.length(place);
        } else {
          spare.add(in.chunk(place), 0, 0);
          useless += filled ? 1 : 0;
        }
      }
      in.used(wanted);
      lent.clear();
      if (!spare.isEmpty()) {
        frames.release(spare);
      }
      received.add(Tally.Of.RECEIVED, came - useless);
      received.add(Tally.Of.RECEIVED_BYTES, bytes);
      received.add(Tally.Of.RECEIVE_INVALID, useless);
      received.add(Tally.Of.WAKEUPS, 1);
      if (came < wanted) {
        readable = false;
        LockSupport.unpark(watcher);
      }
    }
  }

  private static void add(DatagramBatch into, ReceiveArray in, int place, int port, int room) {
    int index = into.count();
    into.add(in.chunk(place), in.length(place), room);
    into.remote(index, in.remoteHigh(place), in.remoteLow(place), in.remotePort(place));
    if (in.located(place)) {
      into.local(index, in.localHigh(place), in.localLow(place), port);
      into.link(index, in.link(place));
    }
  }

  /** Ends the waiting; nobody may receive or send any more. */
  @Override
  public void close() {
    closing.lock();
    try {
      closed = true;
    } finally {
      closing.unlock();
    }
    socket.wake();
    LockSupport.unpark(watcher);
    try {
      watcher.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    socket.close();
    arena.close();
  }
}
