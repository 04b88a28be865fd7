// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.sim;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.Match;
import org.sluice.packet.proto.Matcher;
import org.sluice.packet.rings.Exchange;

/** Plays the kernel for one port. Owns the memory of the port. */
final class SimExchange implements Exchange {
  private final SimulatedNetwork network;
  private final Arena arena;
  private final End end;
  private Matcher matcher;
  private final int[] queues;
  private final Inlet[] inlets;
  private final @Nullable Outlet outlet;

  /** Guards the two below; taken last, and never held while anything else is taken. */
  private final Object signal = new Object();

  private boolean woken;
  private boolean waiting;

  /**
   * @param queues of the end from which this port receives
   * @param inlets for each of them
   */
  SimExchange(
      SimulatedNetwork network,
      Arena arena,
      End end,
      Match match,
      int[] queues,
      Inlet[] inlets,
      @Nullable Outlet outlet) {
    this.network = network;
    this.arena = arena;
    this.end = end;
    matcher = Matcher.of(match);
    this.queues = queues;
    this.inlets = inlets;
    this.outlet = outlet;
  }

  /** Guarded by the network. */
  boolean matches(MemorySegment from, long at, int length) {
    return matcher.matches(from, at, length);
  }

  @Override
  public void match(Match match) {
    synchronized (network) {
      matcher = Matcher.of(match);
    }
  }

  /** A packet for this port arrives. Guarded by the network. */
  void receive(int queue, MemorySegment from, long at, int length) {
    for (int i = 0; i < queues.length; i++) {
      if (queues[i] == queue) {
        inlets[i].offer(from, at, length);
      }
    }
  }

  /** Wakes who waits, if there is something. Guarded by the network, so that the memory stays. */
  void announce() {
    if (filled()) {
      synchronized (signal) {
        if (waiting) {
          signal.notifyAll();
        }
      }
    }
  }

  private boolean filled() {
    for (Inlet inlet : inlets) {
      if (inlet.filled()) {
        return true;
      }
    }
    return false;
  }

  @Override
  public Sent transmit(int lane) {
    synchronized (network) {
      return outlet == null ? Sent.DONE : outlet.send();
    }
  }

  @Override
  public void refilled(int lane) {
    synchronized (network) {
      inlets[lane].refilled();
    }
  }

  /** Whoever waits has time pass: what is still on its way arrives. */
  @Override
  public boolean await(long nanos) {
    synchronized (network) {
      end.cable().settle();
    }
    long begun = System.nanoTime();
    boolean interrupted = false;
    try {
      synchronized (signal) {
        while (!woken && !filled()) {
          long left = nanos - (System.nanoTime() - begun);
          if (left <= 0) {
            return false;
          }
          waiting = true;
          try {
            TimeUnit.NANOSECONDS.timedWait(signal, left);
          } catch (InterruptedException e) {
            // The kernel would not notice either: who wants to end the wait calls wake.
            interrupted = true;
          } finally {
            waiting = false;
          }
        }
        woken = false;
        return filled();
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  @Override
  public void wake() {
    synchronized (signal) {
      woken = true;
      signal.notifyAll();
    }
  }

  @Override
  public Counts counts() {
    synchronized (network) {
      long dropped = 0;
      long tooLong = 0;
      for (Inlet inlet : inlets) {
        dropped += inlet.dropped();
        tooLong += inlet.tooLong();
      }
      return new Counts(dropped, tooLong, outlet == null ? 0 : outlet.invalid());
    }
  }

  @Override
  public String mode() {
    return "simulated";
  }

  @Override
  public String state() {
    synchronized (network) {
      return end.gone() ? "gone" : end.cable().plugged() ? "up" : "no carrier";
    }
  }

  @Override
  public Map<String, String> facts() {
    synchronized (network) {
      Map<String, String> facts = new TreeMap<>();
      facts.put("cable", end.cable().name() + ", ends open: " + end.cable().ends().size());
      facts.put("match", matcher.match().toString());
      facts.put("mtu", Integer.toString(end.mtu()));
      long empty = 0;
      long full = 0;
      for (Inlet inlet : inlets) {
        empty += inlet.fillEmpty();
        full += inlet.ringFull();
      }
      facts.put("fill ring empty", Long.toString(empty));
      facts.put("receive ring full", Long.toString(full));
      if (outlet != null) {
        facts.put("lost on the way", Long.toString(outlet.lost()));
        facts.put("duplicated on the way", Long.toString(outlet.duplicated()));
      }
      return facts;
    }
  }

  @Override
  public void close() {
    network.leave(end, this, outlet);
    arena.close();
  }
}
