// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.rest;

import jakarta.servlet.AsyncContext;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.sluice.json.JsonWriter;
import org.sluice.ops.api.EventFeed;

/**
 * One client that reads events. The feed puts them into a queue and goes on; a thread of this
 * stream writes them. A client that reads more slowly than events come is cut off when the queue is
 * full: it may come back and resume, and nobody else waits for it.
 */
final class EventStream implements Runnable {
  private static final System.Logger LOG = System.getLogger("org.sluice.ops.rest");
  private static final int BATCH = 256;

  /** Why a stream ended. */
  enum End {
    CLIENT_LEFT,
    CLIENT_SLOW,
    FEED_GONE,
    STOPPED,
    FAILED
  }

  /** Wakes the writer. */
  private static final EventFeed.FeedEvent WAKE = new EventFeed.FeedEvent(0, "", new Nothing());

  private final Offer.OfFeed offer;
  private final AsyncContext async;
  private final int lag;
  private final int heartbeat;
  private final Consumer<EventStream> ending;
  private final BlockingQueue<EventFeed.FeedEvent> queue = new LinkedBlockingQueue<>();
  private final AtomicReference<@Nullable End> end = new AtomicReference<>();
  private volatile boolean writing;

  private record Nothing() {}

  /**
   * @param lag most events in the queue
   * @param heartbeat seconds
   * @param ending told once, on the thread that ends the stream, which may be that of the feed
   */
  EventStream(
      Offer.OfFeed offer,
      AsyncContext async,
      int lag,
      int heartbeat,
      Consumer<EventStream> ending) {
    this.offer = offer;
    this.async = async;
    this.lag = lag;
    this.heartbeat = heartbeat;
    this.ending = ending;
  }

  Offer.OfFeed offer() {
    return offer;
  }

  /** Called by the feed. */
  void take(EventFeed.FeedEvent event) {
    if (end.get() != null) {
      return;
    }
    queue.add(event);
    // What comes before the writer started is the backlog that was asked for, not lag.
    if (writing && queue.size() > lag) {
      end(End.CLIENT_SLOW);
    }
  }

  /**
   * Ends the stream; only the first reason counts. A writer that hangs in a write to a client that
   * does not read is left alone: interrupted, the server would lose track of the write. It ends
   * when the client reads on, or when the server gives the connection up because nothing moves.
   */
  void end(End why) {
    if (end.compareAndSet(null, why)) {
      queue.clear();
      queue.add(WAKE);
      ending.accept(this);
    }
  }

  /** Why it ended; only to be asked when it did. */
  End ended() {
    End why = end.get();
    return why == null ? End.FAILED : why;
  }

  /** Writes until the end. */
  @Override
  public void run() {
    writing = true;
    try {
      OutputStream out = async.getResponse().getOutputStream();
      send(out, "retry: 1000\n\n");
      while (end.get() == null) {
        step(out);
      }
    } catch (InterruptedException e) {
      LOG.log(System.Logger.Level.DEBUG, "the writer of a stream was interrupted", e);
      end(End.FAILED);
    } catch (IOException e) {
      LOG.log(System.Logger.Level.DEBUG, "writing to a client of a stream", e);
      end(End.CLIENT_LEFT);
    } catch (RuntimeException | LinkageError e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "a stream failed path=%s bundle=%s".formatted(offer.route().path(), offer.owner()),
          e);
      end(End.FAILED);
    }
  }

  private void step(OutputStream out) throws IOException, InterruptedException {
    EventFeed.FeedEvent first = queue.poll(heartbeat, TimeUnit.SECONDS);
    if (first == null) {
      send(out, ": alive\n\n");
      return;
    }
    List<EventFeed.FeedEvent> batch = new ArrayList<>();
    batch.add(first);
    queue.drainTo(batch, BATCH - 1);
    StringBuilder text = new StringBuilder();
    for (EventFeed.FeedEvent event : batch) {
      if (end.get() != null) {
        return;
      }
      format(event, text);
    }
    send(out, text.toString());
  }

  private static void send(OutputStream out, String text) throws IOException {
    out.write(text.getBytes(StandardCharsets.UTF_8));
    out.flush();
  }

  static void format(EventFeed.FeedEvent event, StringBuilder out) {
    if (event.id() >= 0) {
      out.append("id: ").append(event.id()).append('\n');
    }
    // The name is the feed's own word, yet a line break in it would make up another field.
    out.append("event: ").append(event.name().replaceAll("[\\r\\n]", " ")).append('\n');
    out.append("data: ").append(JsonWriter.write(event.data())).append("\n\n");
  }
}
