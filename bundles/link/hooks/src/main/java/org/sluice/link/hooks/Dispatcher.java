// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.hooks;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The queue in front of the workers. Occasions of one link are taken in order and one at a time,
 * those of different links side by side. What is no longer true when its turn would come is
 * dropped; of what comes too often the last is kept and let through when it may.
 *
 * <p>Any thread may call. The threads that wait are platform threads, see {@link Spawner}.
 */
final class Dispatcher {
  private static final int LONGEST_LANE = 1000;
  private static final int MANY_LIMITS = 2048;

  private final LongSupplier clock;
  private final Map<Integer, Lane> lanes = new HashMap<>();
  private final Map<Key, Limit> limits = new HashMap<>();
  private final LinkedHashSet<Lane> ready = new LinkedHashSet<>();
  private int perMinute;
  private int parallel;
  private int busy;
  private int queued;
  private long suppressed;
  private long superseded;
  private boolean closed;

  Dispatcher(int perMinute, int parallel, LongSupplier clock) {
    this.perMinute = perMinute;
    this.parallel = parallel;
    this.clock = clock;
  }

  /** What a worker has in hand; it must be given back with {@link #done}. */
  record Turn(Occasion occasion, Lane lane) {}

  /** What waits of one link. Guarded by the dispatcher. */
  static final class Lane {
    private final int link;
    private final Deque<Occasion> queue = new ArrayDeque<>();
    private boolean running;

    private Lane(int link) {
      this.link = link;
    }
  }

  /** What is limited: an event of a link, or an event of a link for one hook. */
  private record Key(int link, String event, String hook) {
    private static Key of(Occasion occasion) {
      return new Key(occasion.link().index(), occasion.event(), occasion.only());
    }
  }

  private static final class Limit {
    private final Bucket bucket;
    private @Nullable Occasion held;
    private long suppressed;

    private Limit(Bucket bucket) {
      this.bucket = bucket;
    }
  }

  /** From now on so many may come each minute, and so many links have their turn at once. */
  synchronized void limits(int rate, int links) {
    parallel = links;
    notifyAll();
    if (rate != perMinute) {
      perMinute = rate;
      limits.entrySet().removeIf(e -> e.getKey().hook().isEmpty() && e.getValue().held == null);
    }
  }

  synchronized void offer(Occasion occasion) {
    if (closed) {
      return;
    }
    dropObsolete(occasion);
    Limit limit = limit(occasion, perMinute);
    if (limit.bucket.take(clock.getAsLong())) {
      enqueue(occasion, limit);
    } else {
      hold(occasion, limit);
    }
    // One worker is enough for one occasion, and each that wakes in vain delays it.
    notify();
  }

  /**
   * Whether a hook with a limit of its own may run now. When it may not, the occasion comes again
   * for that hook alone when it may.
   *
   * @param occasion for that hook only
   */
  synchronized boolean admit(Occasion occasion, int rate) {
    Limit limit = limit(occasion, rate);
    if (limit.bucket.take(clock.getAsLong())) {
      return true;
    }
    hold(occasion, limit);
    notify();
    return false;
  }

  private Limit limit(Occasion occasion, int rate) {
    long now = clock.getAsLong();
    if (limits.size() > MANY_LIMITS) {
      limits.values().removeIf(l -> l.held == null && l.suppressed == 0 && l.bucket.full(now));
    }
    Key key = Key.of(occasion);
    Limit limit = limits.get(key);
    if (limit == null || (limit.bucket.perMinute() != rate && limit.held == null)) {
      limit = new Limit(new Bucket(rate, now));
      limits.put(key, limit);
    }
    return limit;
  }

  private void hold(Occasion occasion, Limit limit) {
    if (limit.held != null) {
      limit.suppressed++;
      suppressed++;
    }
    limit.held = occasion;
  }

  private void enqueue(Occasion occasion, Limit limit) {
    Occasion told = limit.suppressed == 0 ? occasion : occasion.withSuppressed(limit.suppressed);
    limit.suppressed = 0;
    Lane lane = lanes.computeIfAbsent(occasion.link().index(), Lane::new);
    if (lane.queue.size() >= LONGEST_LANE) {
      lane.queue.removeFirst();
      queued--;
      superseded++;
    }
    lane.queue.addLast(told);
    queued++;
    if (!lane.running) {
      ready.add(lane);
    }
  }

  private void dropObsolete(Occasion newer) {
    Lane lane = lanes.get(newer.link().index());
    if (lane != null) {
      for (Iterator<Occasion> all = lane.queue.iterator(); all.hasNext(); ) {
        Occasion older = all.next();
        if (Obsolescence.obsoletes(newer, older)) {
          all.remove();
          queued--;
          superseded++;
          Limit limit = limits.get(Key.of(older));
          if (limit != null) {
            limit.bucket.giveBack();
            limit.suppressed += older.suppressed();
          }
        }
      }
      if (lane.queue.isEmpty()) {
        ready.remove(lane);
      }
    }
    for (Map.Entry<Key, Limit> entry : limits.entrySet()) {
      Occasion held = entry.getValue().held;
      if (held != null
          && entry.getKey().link() == newer.link().index()
          && !entry.getKey().equals(Key.of(newer))
          && Obsolescence.obsoletes(newer, held)) {
        entry.getValue().held = null;
        entry.getValue().suppressed++;
        suppressed++;
      }
    }
  }

  /**
   * The next occasion of a link that nobody else is busy with.
   *
   * @return null when it is closed
   */
  synchronized @Nullable Turn take() throws InterruptedException {
    while (!closed) {
      long wait = promote();
      if (!ready.isEmpty() && busy < parallel) {
        busy++;
        Lane lane = ready.removeFirst();
        lane.running = true;
        queued--;
        return new Turn(lane.queue.removeFirst(), lane);
      }
      if (wait == Long.MAX_VALUE) {
        wait();
      } else {
        wait(wait / 1_000_000 + 1);
      }
    }
    return null;
  }

  /** The turn of its link is over. */
  synchronized void done(Turn turn) {
    Lane lane = turn.lane();
    lane.running = false;
    busy--;
    if (!lane.queue.isEmpty()) {
      ready.add(lane);
    } else {
      lanes.remove(lane.link, lane);
    }
    if (!ready.isEmpty()) {
      notify();
    }
  }

  /** Lets through what was held back long enough, the oldest first. */
  private long promote() {
    long now = clock.getAsLong();
    long wait = Long.MAX_VALUE;
    List<Limit> due = new ArrayList<>();
    for (Limit limit : limits.values()) {
      if (limit.held != null) {
        long left = limit.bucket.shortfall(now);
        if (left == 0) {
          due.add(limit);
        } else {
          wait = Math.min(wait, left);
        }
      }
    }
    due.sort(java.util.Comparator.comparingLong(limit -> number(limit.held)));
    for (Limit limit : due) {
      Occasion held = limit.held;
      if (held != null && limit.bucket.take(now)) {
        limit.held = null;
        enqueue(held, limit);
      }
    }
    return wait;
  }

  private static long number(@Nullable Occasion occasion) {
    return occasion == null ? 0 : occasion.number();
  }

  /** Nothing is taken any more; who waits is sent away. */
  synchronized void close() {
    closed = true;
    notifyAll();
  }

  synchronized boolean closed() {
    return closed;
  }

  /** How it goes. */
  record Figures(int queued, int held, long suppressed, long superseded) {}

  synchronized Figures figures() {
    int held = (int) limits.values().stream().filter(limit -> limit.held != null).count();
    return new Figures(queued, held, suppressed, superseded);
  }
}
