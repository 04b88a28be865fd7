// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortProbe;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.driver.ChunkPool;
import org.sluice.packet.api.driver.Gate;

/** Opens ports that receive what they send, and what a test has arrive. */
final class LoopDriver implements PortDriver {
  static final int CHUNK = 2048;
  private final String name;
  volatile int merit;
  final List<Loop> ports = new CopyOnWriteArrayList<>();

  LoopDriver(String name, int merit) {
    this.name = name;
    this.merit = merit;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Set<Class<? extends Port>> kinds() {
    return Set.of(FramePort.class);
  }

  @Override
  public PortProbe probe(PortSpec<?> spec) {
    return new PortProbe(name, merit, "loops", List.of());
  }

  @Override
  @SuppressWarnings("unchecked") // only frames are asked for
  public <P extends Port> P open(PortSpec<P> spec) {
    Loop made = new Loop(((FrameSpec) spec).chunks());
    ports.add(made);
    return (P) made;
  }

  Loop last() {
    return ports.getLast();
  }

  /** One port. */
  final class Loop implements FramePort {
    private final Arena arena = Arena.ofShared();
    private final MemorySegment memory;
    final ChunkPool pool;
    private final ArrayDeque<long[]> ring = new ArrayDeque<>();
    private final Gate receiving = new Gate("loop", "receiving");
    private final Gate sending = new Gate("loop", "sending");
    private boolean woken;
    private boolean closed;
    private long dropped;
    private long received;
    private long sent;
    volatile boolean full;

    Loop(int chunks) {
      memory = arena.allocate((long) chunks * CHUNK, 64);
      pool = new ChunkPool(chunks, CHUNK);
    }

    /** A packet comes from the wire; whether there was a chunk for it. */
    synchronized boolean arrives(int number) {
      long[] chunk = new long[1];
      if (pool.take(chunk, 0, 1) == 0) {
        dropped++;
        return false;
      }
      memory.set(java.lang.foreign.ValueLayout.JAVA_INT, chunk[0] + 256, number);
      ring.add(new long[] {chunk[0] + 256, 60});
      notifyAll();
      return true;
    }

    @Override
    public String driver() {
      return name;
    }

    @Override
    public MemorySegment memory() {
      return memory;
    }

    @Override
    public int chunkSize() {
      return CHUNK;
    }

    @Override
    public boolean await(long nanos) {
      receiving.enter();
      try {
        return sleep(nanos);
      } finally {
        receiving.leave();
      }
    }

    private synchronized boolean sleep(long nanos) {
      long until = System.nanoTime() + nanos;
      while (ring.isEmpty() && !woken) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          return false;
        }
        try {
          wait(left / 1_000_000, (int) (left % 1_000_000));
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          return false;
        }
      }
      woken = false;
      return !ring.isEmpty();
    }

    @Override
    public synchronized void wake() {
      woken = true;
      notifyAll();
    }

    @Override
    public synchronized PortStatistics statistics() {
      return new PortStatistics(received, 0, sent, 0, dropped, 0, 0, 0, 0);
    }

    @Override
    public synchronized PortReport report() {
      if (closed) {
        throw new PortClosedException("loop");
      }
      return new PortReport(
          name,
          "loop",
          "played",
          "up",
          new FrameCensus(pool.free(), 0, ring.size(), pool.held(), 0, 0, pool.total()),
          List.of(),
          statistics(),
          Map.of());
    }

    @Override
    public void close() {
      if (receiving.shut(this::wake)) {
        sending.shut(() -> {});
        synchronized (this) {
          closed = true;
        }
        arena.close();
      }
    }

    @Override
    public int receive(FrameBatch into) {
      receiving.enter();
      try {
        into.bind(memory, CHUNK);
        synchronized (this) {
          while (!into.isFull() && !ring.isEmpty()) {
            long[] word = ring.remove();
            into.add(word[0], (int) word[1], 0);
            received++;
          }
        }
        pool.handedOut(into.count());
        return into.count();
      } finally {
        receiving.leave();
      }
    }

    @Override
    public int reserve(FrameBatch into, int count) {
      sending.enter();
      try {
        if (into.isEmpty()) {
          into.bind(memory, CHUNK);
        }
        long[] chunks = new long[count];
        int got = pool.take(chunks, 0, count);
        for (int i = 0; i < got; i++) {
          into.add(chunks[i] + 256, 0, 0);
        }
        pool.handedOut(got);
        return got;
      } finally {
        sending.leave();
      }
    }

    @Override
    public int send(FrameBatch frames) {
      sending.enter();
      try {
        if (full) {
          return 0;
        }
        int count = frames.count();
        synchronized (this) {
          for (int i = 0; i < count; i++) {
            // The bytes are looked at, which fails when the memory is gone.
            memory.get(JAVA_BYTE, frames.address(i));
            ring.add(new long[] {frames.address(i), frames.length(i)});
            sent++;
          }
          notifyAll();
        }
        pool.handedOut(-count);
        frames.clear();
        return count;
      } finally {
        sending.leave();
      }
    }

    @Override
    public void flush() {
      sending.enter();
      sending.leave();
    }

    @Override
    public void release(FrameBatch frames) {
      pool.release(frames.words(), 2, frames.count());
      frames.clear();
    }

    @Override
    public void match(Match match) {}

    @Override
    public int headroom() {
      return 256;
    }

    @Override
    public int frameSize() {
      return CHUNK - 256;
    }
  }
}
