// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.AsyncPort;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.Packet;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.PortReport;
import org.sluice.packet.api.PortStatistics;

/** A thread that calls those who wait for packets, and sends what it is given. */
final class AsyncFrames implements AsyncPort {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final int BATCH = 64;
  private static final long SLEEP_NANOS = 1_000_000_000;
  private static final long AGAIN_NANOS = 1_000_000;

  /** A packet on its way out, and who waits for that. */
  private record Leaving(OwnedPacket packet, CompletableFuture<@Nullable Void> sent) {}

  private final SplitFrames frames;
  private final String name;
  private final Runnable closed;
  private final Thread thread;
  private final ConcurrentLinkedQueue<CompletableFuture<Packet>> waiting =
      new ConcurrentLinkedQueue<>();
  private final ConcurrentLinkedQueue<Leaving> leaving = new ConcurrentLinkedQueue<>();
  private final ArrayDeque<Leaving> taken = new ArrayDeque<>();
  private final Packet[] arrived = new Packet[BATCH];
  private int first;
  private int count;

  /** Held by whoever uses the sending half. */
  private final ReentrantLock sending = new ReentrantLock();

  private volatile @Nullable Subscribed subscribed;
  private volatile boolean resting;
  private volatile boolean closing;
  private volatile boolean over;

  /**
   * @param name of the interface
   * @param closed called once, at the end
   */
  AsyncFrames(SplitFrames frames, String name, Runnable closed) {
    this.frames = frames;
    this.name = name;
    this.closed = closed;
    thread =
        Thread.ofPlatform().daemon().name("packet.engine/" + name + "-async").unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  @Override
  public CompletionStage<Packet> next() {
    CompletableFuture<Packet> future = new CompletableFuture<>();
    waiting.add(future);
    stir();
    return future;
  }

  @Override
  public Flow.Publisher<Packet> packets() {
    return this::subscribe;
  }

  private void subscribe(Flow.Subscriber<? super Packet> subscriber) {
    Objects.requireNonNull(subscriber, "subscriber");
    Subscribed fresh = new Subscribed(subscriber);
    boolean first;
    synchronized (this) {
      first = subscribed == null && !over;
      if (first) {
        subscribed = fresh;
      }
    }
    if (first) {
      stir();
      return;
    }
    fresh.begin();
    fresh.fail(
        over
            ? closedNow()
            : new IllegalStateException("the port on " + name + " has a subscriber already"));
  }

  @Override
  public @Nullable Packet reserve() {
    sending.lock();
    try {
      return frames.sender().reserve();
    } finally {
      sending.unlock();
    }
  }

  @Override
  public CompletionStage<@Nullable Void> send(Packet packet) {
    OwnedPacket mine = frames.sending().mine(packet);
    mine.leave();
    Leaving leaves = new Leaving(mine, new CompletableFuture<>());
    leaving.add(leaves);
    stir();
    return leaves.sent;
  }

  @Override
  public void match(Match match) throws PortException {
    frames.match(match);
  }

  @Override
  public PortStatistics statistics() {
    return frames.statistics();
  }

  @Override
  public PortReport report() {
    return frames.report();
  }

  @Override
  public void close() {
    closing = true;
    stir();
    if (Thread.currentThread() == thread) {
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Makes the thread look; nobody looks any more when it has ended. */
  private void stir() {
    if (over) {
      failAll();
    } else if (resting) {
      try {
        frames.receiver().wake();
      } catch (PortClosedException e) {
        // The thread finds out by itself.
      }
      LockSupport.unpark(thread);
    }
  }

  private void work() {
    try {
      while (!closing) {
        boolean sent = dispatch();
        boolean delivered = deliver();
        if (!sent && !delivered) {
          rest();
        }
      }
      dispatch();
    } catch (PortClosedException e) {
      // The end, as below.
    } finally {
      end();
    }
  }

  /** Hands over what is to leave; whether anything went. */
  private boolean dispatch() {
    if (leaving.isEmpty() && taken.isEmpty()) {
      return false;
    }
    int before = taken.size();
    int pending;
    sending.lock();
    try {
      Leaving head;
      while ((head = leaving.peek()) != null && frames.sending().sendLeft(head.packet)) {
        leaving.remove();
        taken.add(head);
      }
      frames.sender().flush();
      pending = frames.sender().pending();
    } finally {
      sending.unlock();
    }
    boolean some = taken.size() > pending || taken.size() > before;
    while (taken.size() > pending) {
      taken.remove().sent.complete(null);
    }
    return some;
  }

  /** Hands out what arrived to those who asked; whether there was any. */
  private boolean deliver() {
    Subscribed now = subscribed;
    if (now != null) {
      now.begin();
      if (now.over) {
        drop(now);
        return true;
      }
    }
    while (first < count && deliver(arrived[first])) {
      first++;
    }
    if (first < count) {
      return false;
    }
    Arrays.fill(arrived, 0, count, null);
    first = 0;
    count = 0;
    long wanted = wanted();
    if (wanted > 0) {
      count = frames.receiver().receive(arrived, (int) Math.min(wanted, BATCH));
    }
    return count > 0;
  }

  private boolean deliver(Packet packet) {
    CompletableFuture<Packet> asked;
    while ((asked = waiting.poll()) != null) {
      if (asked.complete(packet)) {
        return true;
      }
    }
    Subscribed now = subscribed;
    return now != null && now.deliver(packet);
  }

  private long wanted() {
    CompletableFuture<Packet> asked;
    while ((asked = waiting.peek()) != null && asked.isDone()) {
      waiting.remove();
    }
    if (asked != null) {
      return 1;
    }
    Subscribed now = subscribed;
    return now == null ? 0 : now.wanted();
  }

  private void rest() {
    resting = true;
    try {
      // Looked at again, for whoever came before that was seen.
      boolean stuck = !leaving.isEmpty() || !taken.isEmpty();
      Subscribed now = subscribed;
      if (closing || (now != null && now.news()) || (!leaving.isEmpty() && taken.isEmpty())) {
        return;
      }
      if (wanted() > 0) {
        if (first == count) {
          frames.receiver().await(stuck ? AGAIN_NANOS : SLEEP_NANOS);
        }
      } else {
        LockSupport.parkNanos(this, stuck ? AGAIN_NANOS : SLEEP_NANOS);
        frames.receiver().await(0);
      }
    } finally {
      resting = false;
    }
  }

  private void end() {
    for (int i = first; i < count; i++) {
      ((OwnedPacket) arrived[i]).releaseIfHeld();
    }
    try {
      frames.close();
    } finally {
      farewell();
    }
  }

  private void farewell() {
    Subscribed last;
    synchronized (this) {
      over = true;
      last = subscribed;
      subscribed = null;
    }
    taken.forEach(left -> left.sent.completeExceptionally(closedNow()));
    taken.clear();
    failAll();
    if (last != null) {
      last.begin();
      last.complete();
    }
    closed.run();
  }

  private void failAll() {
    CompletableFuture<Packet> asked;
    while ((asked = waiting.poll()) != null) {
      asked.completeExceptionally(closedNow());
    }
    Leaving left;
    while ((left = leaving.poll()) != null) {
      left.sent.completeExceptionally(closedNow());
    }
  }

  private PortClosedException closedNow() {
    return new PortClosedException("port on " + name);
  }

  private synchronized void drop(Subscribed gone) {
    if (subscribed == gone) {
      subscribed = null;
    }
  }

  /** One subscriber and what it asked for. All signals come from one thread. */
  private final class Subscribed implements Flow.Subscription {
    private final Flow.Subscriber<? super Packet> subscriber;
    private boolean begun;
    private long wanted;
    private volatile boolean over;
    private @Nullable Throwable wrong;

    Subscribed(Flow.Subscriber<? super Packet> subscriber) {
      this.subscriber = subscriber;
    }

    void begin() {
      if (!begun) {
        begun = true;
        guarded(() -> subscriber.onSubscribe(this));
      }
      Throwable asked;
      synchronized (this) {
        asked = wrong;
        wrong = null;
      }
      if (asked != null && !over) {
        fail(asked);
      }
    }

    /** Whether the thread has to do something about it though nothing arrived. */
    synchronized boolean news() {
      return !begun || over || wrong != null;
    }

    synchronized long wanted() {
      return over ? 0 : wanted;
    }

    boolean deliver(Packet packet) {
      synchronized (this) {
        if (over || wanted == 0 || wrong != null) {
          return false;
        }
        if (wanted != Long.MAX_VALUE) {
          wanted--;
        }
      }
      try {
        subscriber.onNext(packet);
      } catch (RuntimeException | Error e) {
        over = true;
        ((OwnedPacket) packet).releaseIfHeld();
        LOG.log(WARNING, "a subscriber of the port on " + name + " failed and is cancelled", e);
      }
      return true;
    }

    void complete() {
      if (!over) {
        over = true;
        guarded(subscriber::onComplete);
      }
    }

    void fail(Throwable why) {
      over = true;
      guarded(() -> subscriber.onError(why));
    }

    private void guarded(Runnable signal) {
      try {
        signal.run();
      } catch (RuntimeException | Error e) {
        over = true;
        LOG.log(WARNING, "a subscriber of the port on " + name + " failed and is cancelled", e);
      }
    }

    @Override
    public void request(long more) {
      synchronized (this) {
        if (over) {
          return;
        }
        if (more <= 0) {
          wrong = new IllegalArgumentException("asked for " + more + " packets; ask for 1 or more");
        } else {
          wanted = wanted + more < 0 ? Long.MAX_VALUE : wanted + more;
        }
      }
      stir();
    }

    @Override
    public void cancel() {
      over = true;
      stir();
    }
  }
}
