// SPDX-License-Identifier: Apache-2.0
package org.sluice.packet.engine;

import static java.lang.System.Logger.Level.INFO;
import static java.lang.System.Logger.Level.WARNING;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.sluice.packet.api.FrameBatch;
import org.sluice.packet.api.FramePort;
import org.sluice.packet.api.FrameSpec;
import org.sluice.packet.api.Match;
import org.sluice.packet.api.PortClosedException;
import org.sluice.packet.api.PortException;
import org.sluice.packet.api.Ports;
import org.sluice.sys.Processors;
import org.sluice.sys.SysException;

/**
 * The thread that brings the packets of a queue to the handlers that want them. Opens the port when
 * it can, tries again when it cannot, and closes it at the end.
 */
final class Station {
  private static final System.Logger LOG = System.getLogger("org.sluice.packet.engine");
  private static final long AGAIN_NANOS = 1_000_000_000;
  private static final long SLEEP_NANOS = 10_000_000;
  private static final long IDLE_NANOS = 1_000_000;
  private static final long PATIENCE_NANOS = 10_000_000_000L;
  private static final long GLANCE_NANOS = 200_000;

  /**
   * Which queue, moved by what.
   *
   * @param queue empty for all queues
   */
  record Place(String link, OptionalInt queue, String driver) {
    @Override
    public String toString() {
      return link + (queue.isPresent() ? " queue " + queue.getAsInt() : "");
    }
  }

  /** How the thread works. */
  record Manner(Idle idle, long spinNanos, int batch, long gatherNanos, int processor) {}

  /** What the thread does when nothing has arrived. */
  enum Idle {
    BUSY,
    ADAPTIVE,
    BLOCKING
  }

  private final Place place;
  private final Manner manner;
  private final Ports ports;
  private final Thread thread;
  private volatile Post[] posts = {};
  private volatile boolean closed;
  private volatile @Nullable FramePort port;
  private volatile String trouble = "its port is being opened";
  private volatile long notSent;
  private @Nullable Match matched;
  private Map<String, String> obtained = Map.of();

  /** Those that were told of the port; written by the thread. */
  private volatile Post[] begun = {};

  Station(Place place, Manner manner, Ports ports) {
    this.place = place;
    this.manner = manner;
    this.ports = ports;
    thread =
        Thread.ofPlatform()
            .name("packet.engine/" + place.toString().replace(' ', '-'))
            .unstarted(this::work);
  }

  void start() {
    thread.start();
  }

  Place place() {
    return place;
  }

  List<Post> posts() {
    return List.of(posts);
  }

  /** Empty when all is well. */
  String trouble() {
    return trouble;
  }

  /** Frames that a handler wanted to be sent, and the port had no room for. */
  long notSent() {
    return notSent;
  }

  /** Calls these from the next batch on. */
  void call(List<Post> wanted) {
    List<Post> sorted = new ArrayList<>(wanted);
    sorted.sort(Comparator.comparingInt((Post post) -> -post.ranking()).thenComparing(Post::id));
    posts = sorted.toArray(Post[]::new);
    FramePort now = port;
    if (now != null) {
      now.wake();
    }
  }

  /** Waits until nobody is called any more but who was named last. */
  void awaitChange() {
    long until = System.nanoTime() + PATIENCE_NANOS;
    while (port != null && begun != posts && thread.isAlive()) {
      if (System.nanoTime() > until) {
        LOG.log(
            WARNING,
            "{0}: a handler that was taken away has not come back from its call for {1} s",
            place,
            PATIENCE_NANOS / 1_000_000_000);
        return;
      }
      LockSupport.parkNanos(this, GLANCE_NANOS);
    }
  }

  /** Ends the thread, and waits for it. */
  void close() {
    closed = true;
    FramePort now = port;
    try {
      if (now != null) {
        now.wake();
      }
    } catch (PortClosedException e) {
      // Then the thread finds out by itself.
    }
    LockSupport.unpark(thread);
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    // Class loaders of the framework remember threads that loaded classes, and threads their task.
    posts = new Post[0];
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void work() {
    pin();
    while (!closed) {
      try (FramePort opened = open()) {
        port = opened;
        trouble = "";
        move(opened);
      } catch (PortException e) {
        String now = String.valueOf(e.getMessage());
        if (!now.equals(trouble)) {
          LOG.log(WARNING, now);
        }
        trouble = now;
        LockSupport.parkNanos(this, AGAIN_NANOS);
      } catch (PortClosedException e) {
        trouble = String.valueOf(e.getMessage());
      } finally {
        port = null;
      }
    }
  }

  private void pin() {
    if (manner.processor() >= 0) {
      try {
        Processors.pin(manner.processor());
      } catch (SysException e) {
        LOG.log(WARNING, "{0}: the thread runs where the kernel likes: {1}", place, e.getMessage());
      }
    }
  }

  private FramePort open() throws PortException {
    List<Post> now = List.of(posts);
    Match wanted = wanted(now);
    Map<String, String> asked = asked(now);
    FrameSpec spec = Wishes.apply(asked, FrameSpec.on(place.link()).matching(wanted));
    if (place.queue().isPresent()) {
      spec = spec.queues(place.queue().getAsInt());
    }
    FramePort opened = ports.open(spec, place.driver());
    matched = wanted;
    obtained = asked;
    LOG.log(INFO, "{0}: {1} by driver {2}", place, wanted, opened.driver());
    return opened;
  }

  /** What any of them wants. */
  private static Match wanted(List<Post> posts) {
    return posts.stream()
        .map(Post::match)
        .distinct()
        .reduce(Match::or)
        .orElseThrow(() -> new IllegalStateException("a station without a handler"));
  }

  /** What they ask of the port together; they do not contradict each other. */
  private static Map<String, String> asked(List<Post> posts) {
    Map<String, String> asked = new TreeMap<>();
    posts.forEach(post -> asked.putAll(post.asked()));
    return asked;
  }

  /** Brings packets until the station is closed, or is to have another port. */
  private void move(FramePort from) throws PortException {
    FrameBatch batch = new FrameBatch(manner.batch());
    FrameBatch out = new FrameBatch(manner.batch());
    long last = System.nanoTime();
    long told = last;
    try {
      while (!closed) {
        Post[] now = posts;
        if (now != begun) {
          if (now.length > 0 && !asked(List.of(now)).equals(obtained)) {
            return;
          }
          change(now, from);
        }
        int got = from.receive(batch);
        if (got > 0) {
          handle(now, batch);
          settle(from, batch, out);
          if (got == manner.batch()) {
            continue;
          }
          last = System.nanoTime();
          gather(last);
        } else {
          long time = System.nanoTime();
          if (time - told > IDLE_NANOS) {
            told = time;
            for (Post post : now) {
              post.idle();
            }
          }
          rest(from, time - last);
        }
      }
    } finally {
      Post[] ended = begun;
      begun = new Post[0];
      for (Post post : ended) {
        post.end(from);
      }
    }
  }

  /** Lets handlers come and go, between two batches. */
  private void change(Post[] change, FramePort from) throws PortException {
    List<Post> before = List.of(begun);
    List<Post> now = List.of(change);
    before.stream().filter(post -> !now.contains(post)).forEach(post -> post.end(from));
    now.stream().filter(post -> !before.contains(post)).forEach(post -> post.begin(from));
    begun = change;
    if (!now.isEmpty()) {
      Match wanted = wanted(now);
      if (!wanted.equals(matched)) {
        from.match(wanted);
        matched = wanted;
      }
    }
  }

  private static void handle(Post[] posts, FrameBatch batch) {
    for (Post post : posts) {
      if (!post.handle(batch)) {
        for (int frame = 0; frame < batch.count(); frame++) {
          batch.decide(frame, FrameBatch.Verdict.DROP);
        }
        return;
      }
    }
  }

  /** Does with each frame what was decided. */
  private void settle(FramePort port, FrameBatch batch, FrameBatch out) {
    batch.compact();
    int count = batch.count();
    int sends = 0;
    for (int i = 0; i < count; i++) {
      if (batch.verdict(i) == FrameBatch.Verdict.SEND) {
        sends++;
      }
    }
    if (sends == 0) {
      port.release(batch);
      return;
    }
    if (sends < count) {
      for (int i = 0; i < count; i++) {
        if (batch.verdict(i) == FrameBatch.Verdict.SEND) {
          batch.moveTo(out, i);
        }
      }
      batch.compact();
      port.release(batch);
      send(port, out);
    } else {
      send(port, batch);
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // only this thread writes
  private void send(FramePort port, FrameBatch out) {
    port.send(out);
    port.flush();
    if (!out.isEmpty()) {
      port.send(out);
      port.flush();
      notSent += out.count();
      port.release(out);
    }
  }

  private void gather(long since) {
    if (manner.gatherNanos() > 0) {
      while (System.nanoTime() - since < manner.gatherNanos()) {
        Thread.onSpinWait();
      }
    }
  }

  private void rest(FramePort from, long sinceLast) {
    boolean spin =
        switch (manner.idle()) {
          case BUSY -> true;
          case ADAPTIVE -> sinceLast < manner.spinNanos();
          case BLOCKING -> false;
        };
    if (spin) {
      Thread.onSpinWait();
    } else {
      from.await(SLEEP_NANOS);
    }
  }
}
