// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.happenings;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.sluice.link.api.Happening;
import org.sluice.link.api.LinkEvent;
import org.sluice.link.api.LinkListener;
import org.sluice.link.api.LinkSnapshot;

/**
 * What happened of late, and who reads it as a stream. It translates by itself, an event at a time,
 * so that it knows what belongs together. Safe for any thread.
 */
final class Memory implements LinkListener {
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final int room;
  private final Consumer<Happening> witness;
  private final Translator translator;
  private final Deque<Told> recent = new ArrayDeque<>();
  private final List<Consumer<Told>> readers = new ArrayList<>();
  private final List<Happening> fresh = new ArrayList<>();
  private boolean begun;

  /** All that follows from events after this number, up to {@link #seen}, is remembered. */
  private long forgotten;

  private long seen;

  /**
   * @param room most happenings that are remembered
   * @param witness told of everything once, in order
   */
  Memory(int room, Supplier<Set<Need>> needs, Consumer<Happening> witness) {
    this.room = room;
    this.witness = witness;
    this.translator = new Translator(fresh::add, needs);
  }

  @Override
  public void picture(LinkSnapshot whole, long missed) {
    synchronized (this) {
      long before = seen;
      translator.picture(whole);
      if (begun && missed > 0) {
        tell(
            new Told.Gap(
                before,
                whole.number(),
                "too much happened at once; what is different now is told, what came and went"
                    + " meanwhile is not"));
      } else if (!begun) {
        forgotten = whole.number();
        begun = true;
        notifyAll();
      }
      seen = whole.number();
      flush();
    }
  }

  @Override
  public void event(LinkEvent event) {
    synchronized (this) {
      translator.event(event);
      seen = event.number();
      flush();
    }
  }

  private void flush() {
    for (int i = 0; i < fresh.size(); i++) {
      Happening happening = fresh.get(i);
      witness.accept(happening);
      tell(new Told.Happened(happening, i == fresh.size() - 1));
    }
    fresh.clear();
  }

  private void tell(Told told) {
    recent.addLast(told);
    while (recent.size() > room) {
      forgotten = Math.max(forgotten, recent.removeFirst().number());
    }
    readers.forEach(reader -> reader.accept(told));
  }

  synchronized List<Happening> recent(int limit) {
    List<Happening> all = new ArrayList<>();
    for (Told told : recent) {
      if (told instanceof Told.Happened happened) {
        all.add(happened.happening());
      }
    }
    return List.copyOf(all.subList(Math.max(0, all.size() - limit), all.size()));
  }

  /**
   * Tells a reader what comes behind a number and goes on with what happens. When not all of that
   * is remembered he is told of the gap and what is so now; without a number only what is so now.
   *
   * @param newest the last number that was given to any event; what is said to come after a later
   *     one cannot be known
   * @param reader must not wait for anything
   * @return ends it; nothing is told after it returned
   */
  synchronized Runnable read(OptionalLong after, long newest, Consumer<Told> reader) {
    awaitPicture();
    if (after.isEmpty()) {
      standing(reader);
    } else if (after.getAsLong() > Math.max(newest, seen)) {
      reader.accept(
          new Told.Gap(
              after.getAsLong(),
              seen,
              "no event of that number was told yet; what is so now is told"));
      standing(reader);
    } else if (!begun || after.getAsLong() < forgotten) {
      reader.accept(
          new Told.Gap(
              after.getAsLong(), seen, "that is not remembered any more; what is so now is told"));
      standing(reader);
    } else {
      recent.stream().filter(told -> told.number() > after.getAsLong()).forEach(reader);
    }
    readers.add(reader);
    return () -> leave(reader);
  }

  /** It comes right after the beginning; who asks before that would be told of a gap needlessly. */
  private synchronized void awaitPicture() {
    long end = System.nanoTime() + PATIENCE.toNanos();
    try {
      for (long left = 1; !begun && left > 0; left = end - System.nanoTime()) {
        TimeUnit.NANOSECONDS.timedWait(this, Math.max(left, 1_000_000));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized void leave(Consumer<Told> reader) {
    readers.removeIf(other -> other == reader);
  }

  private void standing(Consumer<Told> reader) {
    List<Happening> now = new ArrayList<>();
    translator.standing(seen, now::add);
    for (int i = 0; i < now.size(); i++) {
      reader.accept(new Told.Happened(now.get(i), i == now.size() - 1));
    }
  }
}
