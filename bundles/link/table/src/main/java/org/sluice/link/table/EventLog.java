// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkEvent;

/** The latest events, numbered, in a ring. Guarded by the lock of the table. */
final class EventLog {
  private final Map<String, Long> byName = new TreeMap<>();
  private final Map<LinkEvent.Cause, Long> byCause = new EnumMap<>(LinkEvent.Cause.class);
  private @Nullable LinkEvent[] ring;
  private final long start;
  private long oldest;
  private long last;

  /**
   * @param last the number before the first; 0 when there was never one
   */
  EventLog(long last, int capacity) {
    this.start = last;
    this.oldest = last;
    this.last = last;
    this.ring = new LinkEvent[capacity];
  }

  /** Number of the latest event. */
  long last() {
    return last;
  }

  /**
   * Whether somebody who saw this number last can be given all that followed. Not when it was given
   * before the process or the bundle started anew: what happened in between nobody saw.
   */
  boolean covers(long number) {
    return number >= oldest && number <= last && (number > start || start == 0);
  }

  /** The lowest number that is covered. */
  long oldest() {
    return oldest;
  }

  void add(LinkEvent event) {
    if (event.number() != last + 1) {
      throw new IllegalStateException("event " + event.number() + " cannot follow event " + last);
    }
    last = event.number();
    ring[slot(last)] = event;
    oldest = Math.max(oldest, last - ring.length);
    byName.merge(event.name(), 1L, Long::sum);
    byCause.merge(event.stamp().cause(), 1L, Long::sum);
  }

  void resize(int capacity) {
    if (capacity == ring.length) {
      return;
    }
    long from = Math.max(oldest, last - capacity);
    List<LinkEvent> kept = after(from, capacity);
    ring = new LinkEvent[capacity];
    oldest = from;
    for (LinkEvent event : kept) {
      ring[slot(event.number())] = event;
    }
  }

  /** The first ones after a number that is covered. */
  List<LinkEvent> after(long number, int limit) {
    int size = (int) Math.min(limit, last - number);
    List<LinkEvent> found = new ArrayList<>(size);
    for (long at = number + 1; at <= number + size; at++) {
      LinkEvent event = ring[slot(at)];
      if (event != null) {
        found.add(event);
      }
    }
    return found;
  }

  Map<String, Long> byName() {
    return new TreeMap<>(byName);
  }

  Map<LinkEvent.Cause, Long> byCause() {
    return new EnumMap<>(byCause);
  }

  private int slot(long number) {
    return (int) (number % ring.length);
  }
}
