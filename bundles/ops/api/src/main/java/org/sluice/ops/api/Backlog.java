// SPDX-License-Identifier: Apache-2.0
package org.sluice.ops.api;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.sluice.ops.api.EventFeed.FeedEvent;
import org.sluice.ops.api.EventFeed.Subscription;

/**
 * The latest of what was done, numbered, for an {@link EventFeed} whose events are all there is to
 * tell: who comes back with a number is told what he missed, or of the {@link Gap} when that is not
 * kept. Who comes without one is told what is done from now on. Safe for any thread.
 */
public final class Backlog {
  /** The name of the event that carries a {@link Gap}. */
  public static final String GAP = "gap";

  private final int room;
  private final Deque<FeedEvent> kept = new ArrayDeque<>();
  private final List<Consumer<FeedEvent>> readers = new ArrayList<>();
  private long forgotten;
  private long last;

  /**
   * Some of what was done is not told.
   *
   * @param after what has a number up to this one was told before
   * @param through what has a higher number, up to this one, is not told
   * @param text why, for people
   */
  public record Gap(long after, long through, String text) {}

  /**
   * @param room most events that are kept
   */
  public Backlog(int room) {
    this.room = room;
    // So that a number of an earlier life of the process is not taken for one of this.
    last = System.currentTimeMillis();
    forgotten = last;
  }

  /** Numbers it, and tells those who read. */
  public synchronized void add(String name, Record data) {
    FeedEvent event = new FeedEvent(++last, name, data);
    kept.addLast(event);
    while (kept.size() > room) {
      forgotten = kept.removeFirst().id();
    }
    readers.forEach(reader -> reader.accept(event));
  }

  /** As {@link EventFeed#subscribe}. */
  public synchronized Subscription subscribe(OptionalLong after, Consumer<FeedEvent> to) {
    if (after.isPresent()) {
      long told = after.getAsLong();
      if (told < forgotten || told > last) {
        String text =
            told > last ? "no event has that number yet" : "what follows is not all kept any more";
        to.accept(new FeedEvent(FeedEvent.UNNUMBERED, GAP, new Gap(told, forgotten, text)));
      }
      boolean known = told <= last;
      kept.stream().filter(event -> !known || event.id() > told).forEach(to);
    }
    readers.add(to);
    return () -> leave(to);
  }

  private synchronized void leave(Consumer<FeedEvent> reader) {
    readers.removeIf(other -> other == reader);
  }
}
