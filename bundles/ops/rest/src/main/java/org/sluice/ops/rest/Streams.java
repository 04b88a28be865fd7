// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Modified;
import org.osgi.service.component.annotations.Reference;
import org.sluice.ops.api.EventFeed;
import org.sluice.ops.api.MetricSource;
import org.sluice.ops.api.Metrics;

/** Serves feeds as Server-Sent Events, each client by a thread of its own. */
@Component(
    service = {Streams.class, MetricSource.class},
    configurationPid = "org.sluice.ops.rest")
public final class Streams implements MetricSource {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");
  private static final long STOP_MILLIS = 1000;

  private final Catalog catalog;
  private final Runnable unsubscribe;
  private final ConcurrentMap<EventStream, Open> open = new ConcurrentHashMap<>();
  private final Set<Thread> closers = ConcurrentHashMap.newKeySet();
  private final Map<EventStream.End, LongAdder> ended = new EnumMap<>(EventStream.End.class);
  private final AtomicBoolean stopping = new AtomicBoolean();
  private volatile RestConfig config;

  /** What belongs to a stream until its writer has ended. */
  private record Open(Thread writer, EventFeed.Subscription subscription, AtomicBoolean closed) {}

  @Activate
  public Streams(@Reference Catalog catalog, RestConfig config) {
    this.catalog = catalog;
    this.config = config;
    for (EventStream.End end : EventStream.End.values()) {
      ended.put(end, new LongAdder());
    }
    this.unsubscribe = catalog.whenGone(this::gone);
  }

  @Modified
  void modified(RestConfig changed) {
    config = changed;
  }

  private void gone(EventFeed feed) {
    open.keySet().stream()
        .filter(stream -> stream.offer().feed().equals(feed))
        .forEach(stream -> stream.end(EventStream.End.FEED_GONE));
  }

  void serve(Offer.OfFeed offer, HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    OptionalLong after;
    try {
      after = after(request);
    } catch (IllegalArgumentException e) {
      Problem.of(400, String.valueOf(e.getMessage())).at(request.getRequestURI()).send(response);
      return;
    }
    if (open.size() >= config.mostStreams()) {
      response.setHeader("Retry-After", "10");
      Problem.of(
              503,
              "%d clients read streams already; mostStreams in configs/org.sluice.ops.rest.cfg.json"
                      .formatted(config.mostStreams())
                  + " allows no more")
          .at(request.getRequestURI())
          .send(response);
      return;
    }
    response.setContentType("text/event-stream;charset=utf-8");
    // For proxies in front of us that would collect what comes before they pass it on.
    response.setHeader("X-Accel-Buffering", "no");
    if (request.getMethod().equals("HEAD")) {
      return;
    }
    AsyncContext async = request.startAsync();
    async.setTimeout(0);
    RestConfig now = config;
    EventStream stream = new EventStream(offer, async, now.lag(), now.heartbeat(), this::ending);
    EventFeed.Subscription subscription;
    try {
      subscription = offer.feed().subscribe(after, stream::take);
    } catch (RuntimeException e) {
      refuse(offer, e, request, response);
      async.complete();
      return;
    }
    start(stream, subscription, async);
  }

  private void start(EventStream stream, EventFeed.Subscription subscription, AsyncContext async) {
    Thread thread =
        Thread.ofVirtual()
            .name("ops.rest/stream")
            .unstarted(
                () -> {
                  try {
                    stream.run();
                  } finally {
                    finish(stream, async);
                  }
                });
    open.put(stream, new Open(thread, subscription, new AtomicBoolean()));
    thread.start();
    // What happened between the look into the catalog and now was not told to this stream.
    if (stopping.get()) {
      stream.end(EventStream.End.STOPPED);
    } else if (!catalog.offers(stream.offer().feed())) {
      stream.end(EventStream.End.FEED_GONE);
    }
  }

  /**
   * The subscription is closed at once, though the writer may hang; on a thread of its own, for
   * this one may be in the midst of the feed.
   */
  private void ending(EventStream stream) {
    count(stream.ended());
    close(stream, open.get(stream));
  }

  /** Who ends the stream and who wrote it both come here: either may be the first, and the last. */
  private void close(EventStream stream, @Nullable Open of) {
    if (of != null && of.closed().compareAndSet(false, true)) {
      Thread closer =
          Thread.ofVirtual()
              .name("ops.rest/stream-end")
              .unstarted(() -> close(stream, of.subscription()));
      closers.add(closer);
      closer.start();
    }
  }

  private void close(EventStream stream, EventFeed.Subscription subscription) {
    try {
      subscription.close();
    } catch (RuntimeException | LinkageError e) {
      LOG.log(
          System.Logger.Level.WARNING,
          "a feed failed to end a subscription bundle=" + stream.offer().owner(),
          e);
    } finally {
      closers.remove(Thread.currentThread());
    }
  }

  private void finish(EventStream stream, AsyncContext async) {
    close(stream, open.remove(stream));
    LOG.log(System.Logger.Level.DEBUG, "a stream ended reason={0}", stream.ended());
    try {
      async.complete();
    } catch (IllegalStateException e) {
      LOG.log(System.Logger.Level.DEBUG, "the connection of a stream was gone already", e);
    }
  }

  private void count(EventStream.End why) {
    LongAdder adder = ended.get(why);
    if (adder != null) {
      adder.increment();
    }
  }

  private static void refuse(
      Offer.OfFeed offer,
      RuntimeException e,
      HttpServletRequest request,
      HttpServletResponse response)
      throws IOException {
    Problem problem =
        e instanceof IllegalArgumentException
            ? Problem.of(400, String.valueOf(e.getMessage()))
            : Failure.log(offer, e);
    problem.at(request.getRequestURI()).send(response);
  }

  /** What a browser sends when it comes back is newer than what the page asked for at first. */
  private static OptionalLong after(HttpServletRequest request) {
    String last = request.getHeader("Last-Event-ID");
    String asked = last == null || last.isBlank() ? request.getParameter("after") : last;
    if (asked == null) {
      return OptionalLong.empty();
    }
    try {
      return OptionalLong.of(Long.parseLong(asked.strip()));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "after and Last-Event-ID are the number of an event, not \"" + asked + "\"", e);
    }
  }

  @Override
  public void collect(Metrics to) {
    to.gauge("sluice_http_streams", "Clients that read streams of events.", open.size());
    ended.forEach(
        (why, count) ->
            to.counter(
                "sluice_http_streams_ended_total",
                "Streams that ended, by reason.",
                (double) count.sum(),
                "reason",
                why.name().toLowerCase(Locale.ROOT)));
  }

  @Deactivate
  void deactivate() throws InterruptedException {
    stopping.set(true);
    unsubscribe.run();
    List<Thread> threads = new ArrayList<>();
    open.forEach(
        (stream, of) -> {
          threads.add(of.writer());
          stream.end(EventStream.End.STOPPED);
        });
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(STOP_MILLIS);
    join(threads, end);
    join(List.copyOf(closers), end);
  }

  private static void join(List<Thread> threads, long end) throws InterruptedException {
    for (Thread thread : threads) {
      thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
    }
  }
}
