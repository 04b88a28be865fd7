// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PacketReceiver;
import org.sluice.packet.api.PacketSender;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.SplitPort;
import org.sluice.packet.api.driver.Gate;

/** The two halves of a port of frames. */
final class SplitFrames implements SplitPort {
  private static final int BATCH = 64;
  private static final int RESERVED_AT_ONCE = 8;

  /** What is released meanwhile goes back to the port after that long, wanted or not. */
  private static final long SLICE_NANOS = 50_000_000;

  private final FramePort port;
  private final Receiving receiving;
  private final Sending sending;
  private final ReentrantLock returning = new ReentrantLock();
  private final FrameBatch back = new FrameBatch(4 * BATCH);

  /** Of all memories that packets may still be of, the latest first. */
  private volatile Stock[] stocks = {};

  /**
   * @param port that nobody else uses
   * @param name for messages
   */
  SplitFrames(FramePort port, String name) {
    this.port = port;
    receiving = new Receiving(new Gate(name, "receiving"));
    sending = new Sending(new Gate(name, "sending"));
  }

  @Override
  public PacketReceiver receiver() {
    return receiving;
  }

  @Override
  public PacketSender sender() {
    return sending;
  }

  Sending sending() {
    return sending;
  }

  @Override
  public String driver() {
    return port.driver();
  }

  @Override
  public void match(Match match) throws PortException {
    port.match(match);
  }

  @Override
  public PortStatistics statistics() {
    return port.statistics().plus(new PortStatistics(0, 0, 0, 0, 0, 0, sending.lost, 0, 0));
  }

  @Override
  public PortReport report() {
    PortReport report = port.report();
    return new PortReport(
        report.driver(),
        report.where(),
        report.mode(),
        report.state(),
        report.census(),
        report.rings(),
        statistics(),
        report.facts());
  }

  @Override
  public void close() {
    receiving.gate.shut(receiving::nudge);
    sending.gate.shut(() -> {});
    port.close();
  }

  private Stock stock(FrameBatch batch) {
    Stock[] now = stocks;
    return now.length > 0 && now[0].in(batch.memory())
        ? now[0]
        : find(batch.memory(), port.chunkSize());
  }

  private synchronized Stock find(MemorySegment memory, int chunkSize) {
    for (Stock stock : stocks) {
      if (stock.in(memory)) {
        return stock;
      }
    }
    Stock fresh = new Stock(this, memory, chunkSize, receiving::fed);
    stocks =
        java.util.stream.Stream.concat(
                java.util.stream.Stream.of(fresh),
                java.util.Arrays.stream(stocks).filter(Stock::alive))
            .toArray(Stock[]::new);
    return fresh;
  }

  /** Gives the port what was released, unless another thread is doing that. */
  private int recycle() {
    Stock[] now = stocks;
    if (now.length == 0 || !now[0].returned() || !returning.tryLock()) {
      return 0;
    }
    try {
      return drain(now[0]);
    } finally {
      returning.unlock();
    }
  }

  /** Gives the port all that was released until now. */
  private void recycleAll(Stock stock) {
    returning.lock();
    try {
      drain(stock);
    } finally {
      returning.unlock();
    }
  }

  private int drain(Stock stock) {
    int all = 0;
    int some;
    do {
      some = stock.take(back);
      all += some;
      port.release(back);
    } while (some == back.capacity());
    return all;
  }

  /** The receiving half. */
  private final class Receiving implements PacketReceiver {
    private final Gate gate;
    private final FrameBatch arrived = new FrameBatch(BATCH);
    private int next;
    private @Nullable Stock stock;
    private volatile boolean fed;
    private volatile boolean woken;

    Receiving(Gate gate) {
      this.gate = gate;
    }

    @Override
    public int receive(Packet[] into, int most) {
      java.util.Objects.checkFromToIndex(0, most, into.length);
      gate.enter();
      try {
        int got = 0;
        while (got < most) {
          if (next == arrived.count() && !more()) {
            break;
          }
          Stock of = java.util.Objects.requireNonNull(stock);
          int some = Math.min(most - got, arrived.count() - next);
          hand(of, arrived, next, into, got, some);
          next += some;
          got += some;
        }
        return got;
      } finally {
        gate.leave();
      }
    }

    private boolean more() {
      arrived.clear();
      next = 0;
      recycle();
      int got = port.receive(arrived);
      if (got > 0) {
        Stock of = stock(arrived);
        of.handedOut(got);
        stock = of;
      }
      return got > 0;
    }

    @Override
    public boolean await(long nanos) {
      gate.enter();
      try {
        if (next < arrived.count()) {
          return true;
        }
        recycle();
        return nanos > 0 ? sleep(nanos) : port.await(0);
      } finally {
        gate.leave();
      }
    }

    private boolean sleep(long nanos) {
      long until = System.nanoTime() + nanos;
      while (true) {
        Stock[] now = stocks;
        Stock of = now.length == 0 ? null : now[0];
        boolean scarce = of != null && of.scarce();
        if (of != null && scarce) {
          of.hungry(true);
          recycleAll(of);
        }
        long left = until - System.nanoTime();
        boolean there =
            port.await(
                Math.max(0, of != null && of.out() > 0 ? Math.min(left, SLICE_NANOS) : left));
        if (of != null && scarce) {
          of.hungry(false);
        }
        boolean forFood = fed;
        fed = false;
        if (there || woken || (!forFood && System.nanoTime() - until >= 0)) {
          woken = false;
          return there;
        }
        recycle();
        if (System.nanoTime() - until >= 0) {
          return false;
        }
      }
    }

    @Override
    public void wake() {
      woken = true;
      port.wake();
    }

    private void nudge() {
      try {
        wake();
      } catch (IllegalStateException e) {
        // It is closed already, which wakes as well.
      }
    }

    /** The port was short of chunks, and there are some. */
    private void fed() {
      fed = true;
      try {
        port.wake();
      } catch (IllegalStateException e) {
        // Nobody waits in a port that is closed.
      }
    }
  }

  private static void hand(
      Stock stock, FrameBatch from, int first, Packet[] into, int at, int number) {
    long[] words = from.words();
    for (int i = 0; i < number; i++) {
      long address = words[2 * (first + i)];
      long word = words[2 * (first + i) + 1];
      OwnedPacket packet = stock.at(address);
      packet.arrive(address, (int) word, (int) (word >>> 32));
      into[at + i] = packet;
    }
  }

  /** The sending half. */
  final class Sending implements PacketSender {
    private final Gate gate;
    private final FrameBatch fresh = new FrameBatch(Math.max(18, RESERVED_AT_ONCE));
    private final FrameBatch out = new FrameBatch(BATCH);
    private int next;
    private @Nullable Stock freshOf;
    private @Nullable Stock outOf;

    /** Packets of a driver that is gone; written by the sending thread. */
    private volatile long lost;

    Sending(Gate gate) {
      this.gate = gate;
    }

    @Override
    public @Nullable Packet reserve() {
      gate.enter();
      try {
        if (next < fresh.count() && !java.util.Objects.requireNonNull(freshOf).in(port.memory())) {
          fresh.clear();
          next = 0;
        }
        if (next == fresh.count() && !take() && (recycle() == 0 || !take())) {
          return null;
        }
        OwnedPacket packet = java.util.Objects.requireNonNull(freshOf).at(fresh.address(next));
        packet.arrive(fresh.address(next++), 0, 0);
        return packet;
      } finally {
        gate.leave();
      }
    }

    private boolean take() {
      fresh.clear();
      next = 0;
      int got = port.reserve(fresh, RESERVED_AT_ONCE);
      if (got > 0) {
        Stock of = stock(fresh);
        of.handedOut(got);
        freshOf = of;
      }
      return got > 0;
    }

    @Override
    public boolean send(Packet packet) {
      OwnedPacket mine = mine(packet);
      gate.enter();
      try {
        mine.leave();
        if (add(mine)) {
          return true;
        }
        mine.stay();
        return false;
      } finally {
        gate.leave();
      }
    }

    OwnedPacket mine(Packet packet) {
      if (packet instanceof OwnedPacket mine && mine.stock.home == SplitFrames.this) {
        return mine;
      }
      throw new IllegalArgumentException(
          "the packet is of another port; copy it into one that was reserved here");
    }

    /** Takes over a packet that was given away to nobody else. */
    boolean sendLeft(OwnedPacket packet) {
      gate.enter();
      try {
        return add(packet);
      } finally {
        gate.leave();
      }
    }

    @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes
    private boolean add(OwnedPacket packet) {
      if (!packet.stock.in(port.memory())) {
        lost++;
        return true;
      }
      if (out.isFull() || (outOf != packet.stock && !out.isEmpty())) {
        push();
        if (out.isFull()) {
          return false;
        }
        if (outOf != packet.stock && !out.isEmpty()) {
          lost += out.count();
          out.clear();
        }
      }
      if (out.isEmpty()) {
        out.bind(packet.stock.memory, packet.stock.chunkSize);
        outOf = packet.stock;
      }
      packet.into(out);
      return true;
    }

    private void push() {
      if (!out.isEmpty()) {
        int before = out.count();
        port.send(out);
        java.util.Objects.requireNonNull(outOf).handedOut(out.count() - before);
      }
    }

    @Override
    public void flush() {
      gate.enter();
      try {
        push();
        port.flush();
        recycle();
      } finally {
        gate.leave();
      }
    }

    @Override
    public int pending() {
      return out.count();
    }
  }
}
