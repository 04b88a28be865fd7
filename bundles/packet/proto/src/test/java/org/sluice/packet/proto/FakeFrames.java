// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.proto;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.Gate;

/** A port of frames in memory: the test is the wire. It knows who owns each chunk. */
final class FakeFrames implements FramePort {
  static final int SIZE = 2048;

  static final class Arrival {
    final byte[] bytes;
    final int flags;

    Arrival(byte[] bytes, int flags) {
      this.bytes = bytes;
      this.flags = flags;
    }
  }

  final Deque<Arrival> arriving = new ArrayDeque<>();
  final List<byte[]> left = new ArrayList<>();
  final int headroom;
  int room = Integer.MAX_VALUE;
  int flushes;

  /** Where in its chunk a frame that arrives lies. */
  int place;

  private final Arena arena = Arena.ofShared();
  private final MemorySegment memory;
  private final boolean[] held;
  private final Gate receiving = new Gate("fake port", "receiving");
  private final Gate sending = new Gate("fake port", "sending");
  private boolean closed;

  FakeFrames(int chunks, int headroom) {
    this.headroom = headroom;
    place = headroom;
    held = new boolean[chunks];
    memory = arena.allocate((long) chunks * SIZE, SIZE);
  }

  void arrive(byte[] frame) {
    arriving.add(new Arrival(frame, 0));
  }

  synchronized int held() {
    int count = 0;
    for (boolean one : held) {
      count += one ? 1 : 0;
    }
    return count;
  }

  private synchronized int take() {
    for (int i = 0; i < held.length; i++) {
      if (!held[i]) {
        held[i] = true;
        return i;
      }
    }
    return -1;
  }

  private synchronized void give(long address) {
    int chunk = (int) (address / SIZE);
    if (!held[chunk]) {
      throw new AssertionError("chunk " + chunk + " is given back twice");
    }
    held[chunk] = false;
  }

  private void open() {
    if (closed) {
      throw new PortClosedException("fake port");
    }
  }

  @Override
  public int receive(FrameBatch into) {
    receiving.enter();
    try {
      open();
      into.bind(memory, SIZE);
      while (!arriving.isEmpty() && !into.isFull()) {
        int chunk = take();
        if (chunk < 0) {
          break;
        }
        Arrival arrival = arriving.remove();
        // As long as it is, a frame lies at the end of its chunk, or where the test wants it.
        long at = (long) chunk * SIZE + Math.min(place, SIZE - Math.max(1, arrival.bytes.length));
        MemorySegment.copy(arrival.bytes, 0, memory, JAVA_BYTE, at, arrival.bytes.length);
        into.add(at, arrival.bytes.length, arrival.flags);
      }
      return into.count();
    } finally {
      receiving.leave();
    }
  }

  @Override
  public int reserve(FrameBatch into, int count) {
    sending.enter();
    try {
      open();
      if (into.isEmpty()) {
        into.bind(memory, SIZE);
      }
      int added = 0;
      while (added < count && !into.isFull()) {
        int chunk = take();
        if (chunk < 0) {
          break;
        }
        into.add((long) chunk * SIZE + headroom, 0, 0);
        added++;
      }
      return added;
    } finally {
      sending.leave();
    }
  }

  @Override
  public int send(FrameBatch frames) {
    sending.enter();
    try {
      open();
      int taken = Math.min(room, frames.count());
      for (int i = 0; i < taken; i++) {
        left.add(frames.frame(i).toArray(JAVA_BYTE));
        give(frames.address(i));
      }
      room -= taken;
      frames.removeFirst(taken);
      return taken;
    } finally {
      sending.leave();
    }
  }

  @Override
  public void flush() {
    sending.enter();
    flushes++;
    sending.leave();
  }

  @Override
  public void release(FrameBatch frames) {
    open();
    for (int i = 0; i < frames.count(); i++) {
      give(frames.address(i));
    }
    frames.clear();
  }

  @Override
  public void match(Match match) {}

  @Override
  public int headroom() {
    return headroom;
  }

  @Override
  public int frameSize() {
    return SIZE - headroom;
  }

  @Override
  public String driver() {
    return "fake";
  }

  @Override
  public MemorySegment memory() {
    return memory;
  }

  @Override
  public int chunkSize() {
    return SIZE;
  }

  @Override
  public boolean await(long nanos) {
    return !arriving.isEmpty();
  }

  @Override
  public void wake() {}

  @Override
  public PortStatistics statistics() {
    return PortStatistics.NONE;
  }

  @Override
  public PortReport report() {
    return new PortReport(
        "fake",
        "nowhere",
        "copied",
        "up",
        new FrameCensus(held.length - held(), 0, 0, held(), 0, 0, held.length),
        List.of(),
        statistics(),
        Map.of());
  }

  @Override
  public void close() {
    closed = true;
    arena.close();
  }
}
