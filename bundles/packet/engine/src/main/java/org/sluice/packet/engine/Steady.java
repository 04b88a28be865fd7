// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameCensus;
import org.sluice.packet.api.Port;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortDriver;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortSpec;
import org.sluice.packet.api.PortStatistics;
import org.sluice.packet.api.Ports;
import org.sluice.packet.api.driver.Gate;

/**
 * A port that outlives its driver: calls go to the port of the best driver there is now, and to
 * nobody while there is none.
 *
 * <p>The holder's threads never wait for a move. They find the new port at their next call; the old
 * one is closed when both sides have made one, or soon after.
 *
 * @param <P> the kind of port
 */
abstract class Steady<P extends Port> implements Port {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final long COURTESY_NANOS = 200_000_000;
  private static final long GLANCE_NANOS = 100_000;

  /** How often a better driver is looked for: what kept it from working may have gone. */
  private static final long FIRST_LOOK_NANOS = 5_000_000_000L;

  private static final long LAST_LOOK_NANOS = 300_000_000_000L;

  private final PortSpec<P> spec;
  private final String wish;
  private final Drivers drivers;
  private final Runnable closed;
  private final ReentrantLock waiting = new ReentrantLock();
  private final Condition woken = waiting.newCondition();
  private boolean wake;
  private @Nullable PortDriver driver;
  private int merit;
  private PortStatistics before = PortStatistics.NONE;
  private int moves;
  private boolean begun;
  private boolean gone;
  private boolean used;
  private String trouble = "";
  private long looked = System.nanoTime();
  private long pause = FIRST_LOOK_NANOS;

  /** What better drivers than the present one said; empty when there was none. */
  private List<String> refused = List.of();

  private volatile @Nullable P current;

  /** The port that each side used last, and may still have frames of. */
  private volatile @Nullable P receivedFrom;

  private volatile @Nullable P sentBy;

  /** Held while the port is moved, and by whoever must not be overtaken by that. */
  final ReentrantLock moving = new ReentrantLock();

  final Gate receiving;
  final Gate sending;

  /** Frames that were lost since they were of a port that is gone; written by the sending side. */
  private volatile long lost;

  Steady(PortSpec<P> spec, String wish, Drivers drivers, Runnable closed) {
    this.spec = spec;
    this.wish = wish;
    this.drivers = drivers;
    this.closed = closed;
    String name = "port " + spec.link().map(link -> "on " + link).orElse("of datagrams");
    receiving = new Gate(name, "receiving");
    sending = new Gate(name, "sending");
  }

  /** Opens the first port. */
  final void begin() throws PortException {
    moving.lock();
    try {
      List<String> refusals = new ArrayList<>();
      begun = true;
      if (!open(drivers.choices(spec, wish), refusals)) {
        gone = true;
        throw drivers.none(spec, wish, refusals);
      }
      warn(refusals);
    } finally {
      moving.unlock();
    }
  }

  private void warn(List<String> refusals) {
    refusals.forEach(refusal -> LOG.log(WARNING, "port on {0}: {1}", link(), refusal));
  }

  private boolean open(List<Drivers.Choice> choices, List<String> refusals) {
    for (Drivers.Choice choice : choices) {
      try {
        P next = opened(choice.opener());
        P old = current;
        driver = choice.driver();
        merit = choice.probe().merit();
        looked = System.nanoTime();
        pause = FIRST_LOOK_NANOS;
        trouble = "";
        refused = List.copyOf(refusals);
        current = next;
        signal();
        if (old != null) {
          moves++;
          retire(old);
        }
        return true;
      } catch (PortException e) {
        refusals.add(choice.driver().name() + ": " + e.getMessage());
      }
    }
    return false;
  }

  private P opened(PortDriver by) throws PortException {
    try {
      P next = by.open(wanted());
      try {
        prepare(next);
        return next;
      } catch (PortException | RuntimeException e) {
        next.close();
        throw e;
      }
    } catch (RuntimeException e) {
      throw new PortException("the driver failed: " + e, e);
    }
  }

  /** What the next port is to be. */
  PortSpec<P> wanted() {
    return spec;
  }

  /** Whether the old port must have let go before the next one can be had. */
  boolean exclusive() {
    return false;
  }

  /** Makes a port that was just opened like the one before, beyond its specification. */
  abstract void prepare(P next) throws PortException;

  /** Lets the holder finish with what it has of an old port, then closes it. */
  private void retire(P old) {
    try {
      old.wake();
    } catch (PortClosedException e) {
      // It is what is wanted.
    }
    long until = System.nanoTime() + COURTESY_NANOS;
    while ((receivedFrom == old || sentBy == old) && System.nanoTime() < until) {
      java.util.concurrent.locks.LockSupport.parkNanos(this, GLANCE_NANOS);
    }
    finish(old);
  }

  private void finish(P old) {
    long left = 0;
    long unsent = 0;
    try {
      FrameCensus census = old.report().census();
      left = census.received();
      unsent = census.sending();
    } catch (PortClosedException e) {
      // Its driver closed it before; what it left is not known.
    }
    before = before.plus(last(old)).plus(new PortStatistics(0, 0, 0, 0, left, 0, unsent, 0, 0));
  }

  /**
   * Hands over the port of the driver, and does nothing more for it than to tell of it. The caller
   * has made sure that it fits.
   */
  final P handOver() throws PortException {
    if (wish.equals(Ports.AUTO)) {
      throw new PortException(
          "the port on %s may change its driver, now %s; open it with a driver by name"
              .formatted(spec.link().orElse("-"), driver()));
    }
    if (current == null) {
      throw new PortException(
          "the port on %s has no driver now: %s".formatted(spec.link().orElse("-"), trouble));
    }
    if (!receiving.shut(this::wakeQuietly)) {
      throw new PortClosedException("port on " + spec.link().orElse("-"));
    }
    sending.shut(() -> {});
    moving.lock();
    try {
      P now = current;
      used = true;
      if (now == null) {
        // Its driver went this very moment.
        bury();
        throw new PortClosedException("port on " + spec.link().orElse("-"));
      }
      return now;
    } finally {
      moving.unlock();
    }
  }

  /** The port that was handed over is no more; nobody wants another one. */
  private void bury() {
    P now = current;
    gone = true;
    if (now != null) {
      before = before.plus(last(now));
      current = null;
    }
    closed.run();
  }

  /** Closes a port, and tells what it moved: to the end if it still tells then, as some do. */
  private static PortStatistics last(Port port) {
    PortStatistics counted = PortStatistics.NONE;
    try {
      counted = port.statistics();
      port.close();
      counted = port.statistics();
    } catch (PortClosedException e) {
      port.close();
    }
    return counted;
  }

  /** A driver came: it may be better than the present one. */
  final void arrived() {
    moving.lock();
    try {
      if (!begun || gone || used) {
        return;
      }
      improve("a better driver is there");
    } finally {
      moving.unlock();
    }
  }

  private void improve(String why) {
    List<Drivers.Choice> all = drivers.choices(spec, wish);
    List<Drivers.Choice> better =
        all.stream().filter(choice -> current == null || choice.probe().merit() > merit).toList();
    PortDriver now = driver;
    List<String> refusals = new ArrayList<>();
    if (better.isEmpty()) {
      return;
    }
    if (now == null || exclusive()) {
      // Whoever has let go must be able to come back.
      move(exclusive() ? all : better, why);
    } else if (!moved(better, why, refusals)) {
      complain(
          "port on %s stays with driver %s: %s"
              .formatted(link(), now.name(), String.join(". ", refusals)));
    }
  }

  /** A driver goes; when this returns nothing of it is used here. */
  final void leaves(PortDriver leaving) {
    moving.lock();
    try {
      if (!gone && driver == leaving && used) {
        bury();
      } else if (!gone && driver == leaving) {
        abandon("driver " + leaving.name() + " goes");
      }
    } finally {
      moving.unlock();
    }
  }

  /** Looks whether the port still works, and finds another one when it does not. */
  final void check() {
    moving.lock();
    try {
      P now = current;
      if (!begun || gone) {
        return;
      }
      if (used) {
        if (now != null && closed(now)) {
          bury();
        }
      } else if (now == null) {
        move(drivers.choices(spec, wish), "");
      } else if (dead(now)) {
        abandon("its interface is gone");
      } else if (wish.equals(Ports.AUTO) && !exclusive() && System.nanoTime() - looked > pause) {
        looked = System.nanoTime();
        pause = Math.min(2 * pause, LAST_LOOK_NANOS);
        improve("a better driver works now");
      }
    } finally {
      moving.unlock();
    }
  }

  private boolean dead(P port) {
    try {
      return port.report().state().equals("gone");
    } catch (PortClosedException e) {
      return true;
    }
  }

  private static boolean closed(Port port) {
    try {
      port.report();
      return false;
    } catch (PortClosedException e) {
      return true;
    }
  }

  private void abandon(String why) {
    if (!move(drivers.choices(spec, wish), why)) {
      letGo();
    }
  }

  private void letGo() {
    P old = current;
    if (old != null) {
      current = null;
      driver = null;
      merit = 0;
      retire(old);
    }
  }

  private boolean move(List<Drivers.Choice> choices, String why) {
    List<String> refusals = new ArrayList<>();
    if (moved(choices, why, refusals)) {
      return true;
    }
    complain(drivers.none(spec, wish, refusals).getMessage());
    return false;
  }

  private boolean moved(List<Drivers.Choice> choices, String why, List<String> refusals) {
    String from = driver == null ? "none" : driver.name();
    boolean between = exclusive() && current != null;
    if (between) {
      letGo();
    }
    if (!open(choices, refusals)) {
      return false;
    }
    moves += between ? 1 : 0;
    warn(refusals);
    PortDriver to = driver;
    LOG.log(
        INFO,
        "port on {0}: driver {1} in place of {2}{3}",
        link(),
        to == null ? "" : to.name(),
        from,
        why.isEmpty() ? "" : ": " + why);
    return true;
  }

  /** Says once what is the same all the time. */
  private void complain(@Nullable String now) {
    if (!trouble.equals(now)) {
      trouble = String.valueOf(now);
      LOG.log(WARNING, trouble);
    }
  }

  private String link() {
    return spec.link().orElse("-");
  }

  /** The port to use now, for the receiving side, which is inside its gate. */
  final @Nullable P receiver() {
    P now = current;
    receivedFrom = now;
    return now;
  }

  /** The port to use now, for the sending side, which is inside its gate. */
  final @Nullable P sender() {
    P now = current;
    sentBy = now;
    return now;
  }

  /** The port to use now, for whoever is no side. */
  final @Nullable P any() {
    return current;
  }

  /** Counts packets that could not be sent since their port is gone; for the sending side. */
  @SuppressWarnings("NonAtomicVolatileUpdate") // one thread at a time writes
  final void lost(int packets) {
    lost += packets;
  }

  @Override
  public final String driver() {
    P now = current;
    return now == null ? "" : now.driver();
  }

  @Override
  public final MemorySegment memory() {
    P now = current;
    return now == null ? MemorySegment.NULL : now.memory();
  }

  @Override
  public final int chunkSize() {
    P now = current;
    return now == null ? spec.chunkSize() : now.chunkSize();
  }

  @Override
  public final boolean await(long nanos) {
    receiving.enter();
    try {
      P now = receiver();
      if (now != null) {
        return now.await(nanos);
      }
      return awaitPort(nanos);
    } catch (PortClosedException e) {
      return awaitPort(Math.min(nanos, 1_000_000));
    } finally {
      receiving.leave();
    }
  }

  private boolean awaitPort(long nanos) {
    waiting.lock();
    try {
      long left = nanos;
      while (current == null && !wake && left > 0) {
        left = woken.awaitNanos(left);
      }
      wake = false;
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    } finally {
      waiting.unlock();
    }
  }

  private void signal() {
    waiting.lock();
    try {
      woken.signalAll();
    } finally {
      waiting.unlock();
    }
  }

  @Override
  public final void wake() {
    P now = current;
    if (now != null) {
      now.wake();
    }
    waiting.lock();
    try {
      wake = now == null;
      woken.signalAll();
    } finally {
      waiting.unlock();
    }
  }

  @Override
  public final PortStatistics statistics() {
    moving.lock();
    try {
      P now = current;
      PortStatistics sum = now == null ? before : before.plus(now.statistics());
      return sum.plus(new PortStatistics(0, 0, 0, 0, 0, 0, lost, 0, 0));
    } finally {
      moving.unlock();
    }
  }

  @Override
  public final PortReport report() {
    moving.lock();
    try {
      P now = current;
      if (gone) {
        throw new PortClosedException("port " + spec.link().orElse(""));
      }
      try {
        if (now != null) {
          PortReport report = now.report();
          return new PortReport(
              report.driver(),
              report.where(),
              report.mode(),
              report.state(),
              report.census(),
              report.rings(),
              statistics(),
              facts(report.facts()));
        }
      } catch (PortClosedException e) {
        trouble = "its driver has closed it";
      }
      return new PortReport(
          "",
          spec.link().orElse(""),
          "",
          trouble,
          new FrameCensus(0, 0, 0, 0, 0, 0, 0),
          List.of(),
          statistics(),
          facts(java.util.Map.of()));
    } finally {
      moving.unlock();
    }
  }

  private java.util.Map<String, String> facts(java.util.Map<String, String> own) {
    java.util.Map<String, String> facts = new java.util.TreeMap<>(own);
    facts.put("asked for", wish);
    facts.put("moved", moves + " times");
    if (!refused.isEmpty()) {
      facts.put("refused", String.join("; ", refused));
    }
    return facts;
  }

  @Override
  public final void close() {
    boolean first = receiving.shut(this::wakeQuietly);
    sending.shut(() -> {});
    moving.lock();
    try {
      if (used && !gone) {
        bury();
        return;
      }
      if (!first) {
        return;
      }
      gone = true;
      P now = current;
      if (now != null) {
        finish(now);
        current = null;
      }
    } finally {
      moving.unlock();
    }
    closed.run();
  }

  private void wakeQuietly() {
    try {
      wake();
    } catch (PortClosedException e) {
      // Who waited has left, then.
    }
  }
}
