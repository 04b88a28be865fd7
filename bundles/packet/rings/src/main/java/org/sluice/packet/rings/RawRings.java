// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.rings;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.driver.Gate;
import org.sluice.packet.api.driver.Tally;

/**
 * The rings of a port in the caller's own hands, without anything between.
 *
 * <p>At the beginning the chunks of {@link #free} are the caller's; all others are in the fill
 * rings. The caller moves chunks: from the receive ring and the completion ring to himself, from
 * himself to the fill ring and the transmit ring. A chunk that he forgets is lost until the end.
 *
 * <p><b>Safety.</b> No call can reach outside the memory of the rings and of the chunks, or what is
 * left of it after {@link #close}. But nobody keeps the caller from using a chunk that is not his,
 * by which he reads, overwrites or sends packets of others that pass the same port. The checked
 * twin does, at a price, and tells what was done to which chunk: write and test with it, and take
 * it away when nothing was refused any more.
 *
 * <p>The receive and fill ring of a lane are one thread's at a time, and so is its {@link
 * #refilled}; the transmit and completion ring too, and so is its {@link #transmit}. {@link #await}
 * is for one thread at a time.
 *
 * <p>A port on several interfaces ({@code xdp.with}) has lanes of each: what was received by one is
 * sent by another from the chunk it lies in, without being copied.
 */
public final class RawRings implements AutoCloseable {
  private final RingPort port;
  private final Exchange exchange;
  private final RingPort.Build build;
  private final long[] free;
  private final List<RawLane> lanes;
  private final @Nullable ChunkLedger ledger;
  private final Gate waiting;
  private final Gate[] receiving;
  private final Gate[] sending;
  private final Tally[] wakeups;
  private final Tally[] kicks;

  private RawRings(RingPort port, RingPort.Build build, long[] free, boolean checked) {
    this.port = port;
    this.build = build;
    this.free = free;
    exchange = build.exchange();
    String name = build.driver() + " rings on " + build.where();
    waiting = new Gate(name, "waiting");
    receiving = gates(name, "receiving");
    sending = gates(name, "sending");
    wakeups = tallies();
    kicks = tallies();
    if (checked) {
      ChunkLedger made = new ChunkLedger(build.chunks(), build.chunkSize());
      made.free(free);
      ledger = made;
      lanes = build.lanes().stream().map(lane -> (RawLane) new CheckedLane(lane, made)).toList();
    } else {
      ledger = null;
      lanes = build.lanes().stream().map(lane -> (RawLane) new DirectLane(lane)).toList();
    }
  }

  private Gate[] gates(String name, String side) {
    return build.lanes().stream()
        .map(lane -> new Gate(name + " " + lane.name(), side))
        .toArray(Gate[]::new);
  }

  private Tally[] tallies() {
    return build.lanes().stream().map(lane -> new Tally()).toArray(Tally[]::new);
  }

  /**
   * Takes a port over, whose two sides are closed to others for ever. A port that was opened with a
   * named driver is seen through.
   *
   * @param checked whether wrong moves are refused
   * @throws PortException when it may change its driver, its driver has no rings, or somebody still
   *     has frames of it
   */
  public static RawRings of(FramePort port, boolean checked) throws PortException {
    FramePort direct = port.direct();
    if (!(direct instanceof RingPort rings)) {
      String driver = direct.driver();
      direct.close();
      throw new PortException(
          "driver %s has no rings that could be handed over; take xdp".formatted(driver));
    }
    return rings.handOver((build, free) -> new RawRings(rings, build, free, checked));
  }

  /** All lanes, in the order of the queues. */
  public List<RawLane> lanes() {
    return lanes;
  }

  /** Where the packets lie. <b>Safety.</b> Only the chunks of the caller are his. */
  public MemorySegment memory() {
    return build.memory();
  }

  /**
   * A view on a packet.
   *
   * <p><b>Safety.</b> Of a chunk of the caller's: in another one he reads and overwrites what is
   * being received or sent. The checked twin refuses that, when the view is made.
   */
  public MemorySegment frame(long address, int length) {
    if (ledger != null) {
      ledger.readable(address, length, "frame");
    }
    return build.memory().asSlice(address, length);
  }

  /** The chunks that were the caller's at the beginning, by their first address. */
  public long[] free() {
    return free.clone();
  }

  public int chunkSize() {
    return build.chunkSize();
  }

  /** Room that is to be left before what is sent, for headers. */
  public int headroom() {
    return build.headroom();
  }

  /** The longest packet that may be sent now. */
  public int longest() {
    return exchange.longest(build.longest(), true);
  }

  /** Whether wrong moves are refused. */
  public boolean checked() {
    return ledger != null;
  }

  /**
   * Has the other party look at the transmit ring of a lane.
   *
   * <p>When it says that it was not done the entries are still there.
   *
   * @param lane counted as in {@link #lanes}
   */
  public Exchange.Sent transmit(int lane) {
    Gate gate = sending[lane];
    gate.enter();
    try {
      kicks[lane].add(Tally.Of.WAKEUPS, 1);
      return exchange.transmit(lane);
    } finally {
      gate.leave();
    }
  }

  /**
   * Has the other party look at the fill ring of a lane, when that needs it.
   *
   * @param lane counted as in {@link #lanes}
   */
  public void refilled(int lane) {
    Gate gate = receiving[lane];
    gate.enter();
    try {
      wakeups[lane].add(Tally.Of.WAKEUPS, 1);
      exchange.refilled(lane);
    } finally {
      gate.leave();
    }
  }

  /** Waits until there may be something in a receive ring; as that of a port. */
  public boolean await(long nanos) {
    waiting.enter();
    try {
      return exchange.await(nanos);
    } finally {
      waiting.leave();
    }
  }

  /** Ends a running {@link #await}, or the next one. Any thread. */
  public void wake() {
    port.wake();
  }

  /** The rings as they are. What is in the caller's hands is told as held. Any thread. */
  public PortReport report() {
    return port.report();
  }

  /** As {@code getOpaque} tells it; any thread. */
  long wakeups() {
    long all = 0;
    for (int i = 0; i < kicks.length; i++) {
      all += wakeups[i].get(Tally.Of.WAKEUPS) + kicks[i].get(Tally.Of.WAKEUPS);
    }
    return all;
  }

  /** Takes the rings out of the kernel. A look at them or at a packet fails afterwards. */
  @Override
  public void close() {
    if (waiting.shut(port::wake)) {
      for (int i = 0; i < sending.length; i++) {
        receiving[i].shut(() -> {});
        sending[i].shut(() -> {});
      }
      port.end();
    }
  }
}
