// SPDX-License-Identifier: Apache-2.0
package org.sluice.link.table;

import java.time.Instant;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import org.sluice.link.api.LinkEvent;

/**
 * An event for programs, with the facts whole.
 *
 * @param cause {@code initial}, {@code change}, {@code resync} or {@code withdrawn}
 * @param fact what it is about, as it is now, or as it was when it was removed
 * @param before what it was before it changed
 */
record EventData(
    long number,
    Instant time,
    String event,
    String source,
    String cause,
    boolean initial,
    Record fact,
    @Nullable Record before) {

  static EventData of(LinkEvent event) {
    Record fact;
    Record before = null;
    switch (event) {
      case LinkEvent.Added added -> fact = (Record) added.fact();
      case LinkEvent.Changed changed -> {
        fact = (Record) changed.fact();
        before = (Record) changed.before();
      }
      case LinkEvent.Removed removed -> fact = (Record) removed.fact();
      case LinkEvent.SourceChanged changed -> fact = changed.state();
    }
    LinkEvent.Stamp stamp = event.stamp();
    return new EventData(
        stamp.number(),
        stamp.time(),
        event.name(),
        stamp.source(),
        stamp.cause().name().toLowerCase(Locale.ROOT),
        event.initial(),
        fact,
        before);
  }
}
